#!/bin/sh
# Makes the bundled recordings, sample.mp4 and speech.wav, from public-domain material in Debian
# packages (CREDITS.md lists it). Needs Debian's apt, dpkg and ffmpeg; takes a few seconds:
#
#   examples/basics/src/main/sample/make-sample.sh
#
#   time     picture                               sound
#   0-8 s    a portrait, slow pan and zoom         speech from 1 to 6 s, then silence
#   8-12 s   a rocket, nobody to be seen           speech from 8.5 to 11.3 s
#
# speech.wav is the second stretch of speech alone, for examples that do without FFmpeg.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../resources/io/github/erv/examples/basics}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# apt hands downloads to a user of its own where it can; the folder must let that user in.
chmod 755 "$work"
(cd "$work" && apt-get -q download python3-skimage pocketsphinx-testdata)
for package in "$work"/*.deb; do
  dpkg -x "$package" "$work/root"
done
pictures=$work/root/usr/lib/python3/dist-packages/skimage/data
speech=$work/root/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb

sha256sum --check --quiet <<SUMS
88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5  $pictures/astronaut.png
c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c  $pictures/rocket.jpg
5793ffbdee55fb8bfd284943a6866864c832d9d4accf2661cabd39915c84ee10  $speech-0890.wav
954adbf0b56ac8a148cbe77b39ca18d76b5f2a1e1f405565bd786ce3e68a68b7  $speech-0930.wav
SUMS

# The pictures are enlarged before zoompan cuts its windows, which sit on whole pixels: the finer
# the pixels, the smoother the pan. One thread and the bitexact flags make the same bytes each time.
ffmpeg -hide_banner -loglevel error -y \
  -framerate 25 -i "$pictures/astronaut.png" \
  -framerate 25 -i "$pictures/rocket.jpg" \
  -i "$speech-0890.wav" \
  -i "$speech-0930.wav" \
  -filter_complex "
    [0:v]crop=512:288:0:0,scale=5120:2880:flags=bicubic,
      zoompan=z='1+0.25*on/199':x='(iw-iw/zoom)*(0.15+0.15*on/199)':y='(ih-ih/zoom)*0.2':d=200:s=640x360:fps=25,
      setsar=1[portrait];
    [1:v]crop=640:360:0:34,scale=5120:2880:flags=bicubic,
      zoompan=z='1.2-0.1*on/99':x='(iw-iw/zoom)*0.5':y='(ih-ih/zoom)*0.5':d=100:s=640x360:fps=25,
      setsar=1[rocket];
    [portrait][rocket]concat=n=2:v=1:a=0,format=yuv420p[video];
    [2:a]afade=t=in:d=0.05,afade=t=out:st=5.25:d=0.05,adelay=750[first];
    [3:a]atrim=start=0.25,asetpts=PTS-STARTPTS,afade=t=in:d=0.05,afade=t=out:st=2.99:d=0.05,adelay=8500[second];
    [first][second]amix=inputs=2:normalize=0,apad=whole_dur=12,aresample=48000[audio]" \
  -map '[video]' -map '[audio]' -t 12 \
  -c:v libx264 -profile:v main -preset slow -crf 23 -threads 1 -g 50 \
  -color_range tv -colorspace smpte170m -color_primaries bt709 -color_trc bt709 \
  -c:a aac -b:a 64k \
  -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
  -movflags +faststart "$out/sample.mp4"

cp "$speech-0930.wav" "$out/speech.wav"
