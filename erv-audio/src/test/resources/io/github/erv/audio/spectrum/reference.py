"""Log-mel frames of speech.wav by NumPy alone, in double precision.

Run in this folder: python3 reference.py
Writes htk.f32 and slaney.f32: the first 100 frames x 40 bands, float32, little-endian.
"""
import wave

import numpy as np

RATE, FRAME, HOP, FFT, BANDS, LOW, HIGH, FLOOR, FRAMES = 16000, 400, 160, 512, 40, 20.0, 7600.0, 1e-8, 100


def htk_mel(f):
    return 2595.0 * np.log10(1.0 + f / 700.0)


def htk_hertz(m):
    return 700.0 * (10.0 ** (m / 2595.0) - 1.0)


def slaney_mel(f):
    f = np.asarray(f, dtype=float)
    return np.where(f < 1000.0, f * 3.0 / 200.0, 15.0 + 27.0 * np.log(np.maximum(f, 1e-9) / 1000.0) / np.log(6.4))


def slaney_hertz(m):
    m = np.asarray(m, dtype=float)
    return np.where(m < 15.0, m * 200.0 / 3.0, 1000.0 * np.exp((m - 15.0) * np.log(6.4) / 27.0))


def filters(mel, hertz, equal_area):
    edges = hertz(np.linspace(mel(LOW), mel(HIGH), BANDS + 2))
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    bank = np.zeros((BANDS, bins.size))
    for b in range(BANDS):
        low, centre, high = edges[b : b + 3]
        up = (bins - low) / (centre - low)
        down = (high - bins) / (high - centre)
        bank[b] = np.maximum(0.0, np.minimum(up, down))
        if equal_area:
            bank[b] *= 2.0 / (high - low)
    return bank


def log_mel(samples, bank):
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FRAME) / FRAME)
    frames = np.stack([samples[f * HOP : f * HOP + FRAME] * window for f in range(FRAMES)])
    power = np.abs(np.fft.rfft(frames, FFT)) ** 2
    return np.log(np.maximum(FLOOR, power @ bank.T))


with wave.open("../speech.wav") as recording:
    speech = np.frombuffer(recording.readframes(recording.getnframes()), "<i2") / 32768.0
log_mel(speech, filters(htk_mel, htk_hertz, False)).astype("<f4").tofile("htk.f32")
log_mel(speech, filters(slaney_mel, slaney_hertz, True)).astype("<f4").tofile("slaney.f32")
