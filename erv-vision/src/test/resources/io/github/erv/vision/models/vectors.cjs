// Makes the reference outputs beside this file: what the JavaScript libraries themselves compute.
//
//   npm install --ignore-scripts @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0 \
//     @vladmandic/human@3.3.6 @vladmandic/face-api@1.7.15 pngjs@7.0.0
//   NODE_PATH=node_modules node vectors.cjs
//
// Run with Node 20 on TensorFlow.js's plain JavaScript backend. Values are little-endian float32.
const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs');
const faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
const { PNG } = require('pngjs');

const picture = PNG.sync.read(fs.readFileSync(path.join(__dirname, '..', 'portrait.png')));

/** The square of a given side whose first pixel is (x, y), as RGB from 0 to 255. */
function square(x, y, side) {
  const rgb = new Float32Array(side * side * 3);
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const p = ((y + row) * picture.width + x + column) * 4;
      for (let c = 0; c < 3; c++) rgb[i++] = picture.data[p + c];
    }
  }
  return tf.tensor4d(rgb, [1, side, side, 3]);
}

function write(name, tensor) {
  const values = tensor.dataSync();
  fs.writeFileSync(path.join(__dirname, name + '.f32'), Buffer.from(Float32Array.from(values).buffer));
  console.log(name, tensor.shape, Array.from(values.slice(0, 4)));
}

function folder(pack, sub) {
  return path.join(process.env.NODE_PATH, pack, sub);
}

async function graphModel(name) {
  const base = path.join(folder('@vladmandic/human', 'models'), name);
  const json = JSON.parse(fs.readFileSync(base + '.json'));
  const bin = fs.readFileSync(base + '.bin');
  return tf.loadGraphModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0].weights,
      weightData: bin.buffer.slice(bin.byteOffset, bin.byteOffset + bin.length),
      signature: json.signature,
      format: json.format,
    }),
  });
}

async function main() {
  await tf.setBackend('cpu');
  await tf.ready();

  const detector = await graphModel('blazeface');
  const image = square(0, 0, 256).div(127.5).sub(1);
  const nodes = { Identity: 'scores16', Identity_1: 'scores8', Identity_2: 'boxes16', Identity_3: 'boxes8' };
  for (const [node, name] of Object.entries(nodes)) {
    write('blazeface.' + name, detector.execute(image, node));
  }

  const mesh = await graphModel('facemesh');
  const face = square(31, 20, 192).div(255);
  write('facemesh.landmarks', mesh.execute(face, 'Identity_2'));
  write('facemesh.presence', mesh.execute(face, 'Identity_1'));

  const emotion = await graphModel('emotion');
  const gray = tf.mean(square(71, 62, 64), 3, true).div(127.5).sub(1);
  write(
    'mini-xception.logits',
    emotion.execute(gray, 'StatefulPartitionedCall/model_1/global_average_pooling2d_1/Mean'));
  write('mini-xception.probabilities', emotion.execute(gray));

  const net = faceapi.nets.faceExpressionNet;
  const manifest = folder('@vladmandic/face-api', 'model/face_expression_model');
  const weights = JSON.parse(fs.readFileSync(manifest + '-weights_manifest.json'));
  const bin = fs.readFileSync(manifest + '.bin');
  const map = tf.io.decodeWeights(
    bin.buffer.slice(bin.byteOffset, bin.byteOffset + bin.length), weights[0].weights);
  net.loadFromWeightMap(map);
  const input = await faceapi.toNetInput(square(71, 62, 112).squeeze([0]));
  write('face-api-expression.logits', net.runNet(input));
  write('face-api-expression.probabilities', net.forwardInput(input));
}

main();
