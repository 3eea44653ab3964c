# Prints Praat's fundamental frequency of recordings at the centres of eGeMAPS's 60 ms frames, as
# CSV: name,frame,f0Hz, with 0 where Praat hears no voice. Settings are Praat's own defaults
# (autocorrelation), but for the range, which is that of eGeMAPS.
#
#   praat --run pitch.praat names.txt folder .flac pitch.csv
#
# names.txt holds a recording's name a line, without its ending.
form Pitch
  sentence Names names.txt
  sentence Folder .
  word Ending .flac
  sentence Out pitch.csv
endform
names = Read Strings from raw text file: names$
count = Get number of strings
writeFileLine: out$, "name,frame,f0Hz"
for i to count
  selectObject: names
  name$ = Get string: i
  sound = Read from file: folder$ + "/" + name$ + ending$
  duration = Get total duration
  pitch = To Pitch (ac): 0.01, 55, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 1000
  frames = floor ((duration - 0.06) / 0.01) + 1
  lines$ = ""
  for frame from 0 to frames - 1
    f0 = Get value at time: frame * 0.01 + 0.03, "Hertz", "linear"
    if f0 = undefined
      f0 = 0
    endif
    lines$ = lines$ + name$ + "," + string$ (frame) + "," + fixed$ (f0, 3) + newline$
  endfor
  appendFile: out$, lines$
  removeObject: sound, pitch
endfor
