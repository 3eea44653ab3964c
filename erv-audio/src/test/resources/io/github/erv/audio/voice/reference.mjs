// Silero VAD v5 on ../speech.wav, by onnxruntime-node (npm), as its authors feed it: 512 samples at
// 16 kHz behind the last 64 of the chunk before.
//
// Run in this folder after `npm install onnxruntime-node` there or above:
//   node reference.mjs ../../../../../../../main/resources/io/github/erv/audio/models/silero-vad.onnx
// Writes probabilities.txt, one line a chunk.
import { readFileSync, writeFileSync } from "node:fs";
import ort from "onnxruntime-node";

const wav = readFileSync("../speech.wav");
const data = wav.indexOf("data") + 8;
const samples = new Int16Array(wav.buffer.slice(wav.byteOffset + data, wav.byteOffset + wav.length));
const session = await ort.InferenceSession.create(process.argv[2]);
const sr = new ort.Tensor("int64", [16000n], []);
let state = new ort.Tensor("float32", new Float32Array(256), [2, 1, 128]);
let lines = "";
for (let at = 0; at + 512 <= samples.length; at += 512) {
  const input = new Float32Array(576);
  for (let i = -64; i < 512; i++) {
    input[i + 64] = at + i < 0 ? 0 : samples[at + i] / 32768;
  }
  const result = await session.run({ input: new ort.Tensor("float32", input, [1, 576]), state, sr });
  state = result.stateN;
  lines += result.output.data[0] + "\n";
}
writeFileSync("probabilities.txt", lines);
