package io.github.erv.tensor;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The kernels by the Vector API; what it does not make faster stays plain Java.
 *
 * <p><b>Remainders.</b> Where an element costs much, a row that is no whole number of vectors ends
 * with a vector that overlaps the one before: each is loaded before the one before is stored, so
 * that the kernel may work in place, and sums mask out what they have had. Masked loads and stores
 * would do the same, but not on JDK 17, where they allocate. Other remainders, and rows shorter
 * than a vector, are left to plain Java.
 *
 * <p><b>Inlining.</b> Vectors stay in registers only where all that handles them is inlined, and
 * the compiler inlines just so much into one method: each of the longer functions is called at one
 * place of a method.
 *
 * <p><b>Products.</b> B is packed into panels of four vectors' width, or two where that covers the
 * rest or the machine has few registers, padded with zeros. The innermost kernel keeps four rows of
 * a panel's outputs in registers: sixteen vectors, four of B and one of A fit into the 32 registers
 * of AVX-512 and NEON, half as wide ones into the sixteen of AVX2. Outputs beyond the edge of C go
 * to a tile in the scratch memory.
 */
final class VectorKernels extends ScalarKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final FloatVector LANE = FloatVector.zero(SPECIES).addIndex(1);

  /** C2 inlines no method with a class in its signature that nothing here has resolved. */
  static final Class<?> MASK = VectorMask.class;

  private static final int NARROW = 2 * LANES;

  /** Width of a panel: 32-byte vectors are those of AVX2. */
  private static final int WIDE = LANES == 8 ? NARROW : 4 * LANES;

  /** Rows of the innermost kernel of products. */
  private static final int TILE_ROWS = 4;

  VectorKernels() {
    if (LANES < 4 || LANES > 16) {
      throw new UnsupportedOperationException("vectors of " + SPECIES.vectorBitSize() + " bits");
    }
  }

  @Override
  public String name() {
    return KernelChoice.VECTOR;
  }

  @Override
  public int vectorBits() {
    return SPECIES.vectorBitSize();
  }

  private static FloatVector load(float[] x, int offset) {
    return FloatVector.fromArray(SPECIES, x, offset);
  }

  /** The lanes of a row's last vector that the whole vectors before it have covered. */
  private static VectorMask<Float> covered(int n) {
    return LANE.compare(VectorOperators.LT, (float) ((LANES - n % LANES) % LANES));
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    if (n < LANES) {
      return super.dot(a, aOffset, b, bOffset, n);
    }
    if (n < 4 * LANES) {
      // apart from what follows, or C2 keeps the sums that are not used on the heap
      FloatVector sum = FloatVector.zero(SPECIES);
      int i = 0;
      for (; i <= n - LANES; i += LANES) {
        sum = load(a, aOffset + i).fma(load(b, bOffset + i), sum);
      }
      float rest = super.dot(a, aOffset + i, b, bOffset + i, n - i);
      return rest + sum.reduceLanes(VectorOperators.ADD);
    }
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (int bound = n - n % (4 * LANES); i < bound; i += 4 * LANES) {
      s0 = load(a, aOffset + i).fma(load(b, bOffset + i), s0);
      s1 = load(a, aOffset + i + LANES).fma(load(b, bOffset + i + LANES), s1);
      s2 = load(a, aOffset + i + 2 * LANES).fma(load(b, bOffset + i + 2 * LANES), s2);
      s3 = load(a, aOffset + i + 3 * LANES).fma(load(b, bOffset + i + 3 * LANES), s3);
    }
    for (; i <= n - LANES; i += LANES) {
      s0 = load(a, aOffset + i).fma(load(b, bOffset + i), s0);
    }
    float rest = super.dot(a, aOffset + i, b, bOffset + i, n - i);
    return rest + s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    FloatVector factor = FloatVector.broadcast(SPECIES, alpha);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      load(x, xOffset + i).fma(factor, load(y, yOffset + i)).intoArray(y, yOffset + i);
    }
    super.axpy(alpha, x, xOffset + i, y, yOffset + i, n - i);
  }

  @Override
  public void multiply(
      float[] a, int aOffset, float[] b, int bOffset, float[] out, int outOffset, int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      load(a, aOffset + i).mul(load(b, bOffset + i)).intoArray(out, outOffset + i);
    }
    super.multiply(a, aOffset + i, b, bOffset + i, out, outOffset + i, n - i);
  }

  @Override
  public void scale(float factor, float[] x, int xOffset, int n) {
    FloatVector by = FloatVector.broadcast(SPECIES, factor);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      load(x, xOffset + i).mul(by).intoArray(x, xOffset + i);
    }
    super.scale(factor, x, xOffset + i, n - i);
  }

  @Override
  public void gemv(
      float[] a,
      int aOffset,
      int aStride,
      boolean aTransposed,
      float[] x,
      int xOffset,
      float @Nullable [] bias,
      boolean accumulate,
      float[] y,
      int yOffset,
      int rows,
      int columns) {
    startRow(bias, accumulate, y, yOffset, rows);
    if (aTransposed) {
      addColumns(a, aOffset, aStride, x, xOffset, y, yOffset, rows, columns);
      return;
    }
    int r = 0;
    if (columns >= LANES) {
      for (; r <= rows - 4; r += 4) {
        addFourDots(a, aOffset + r * aStride, aStride, x, xOffset, y, yOffset + r, columns);
      }
    }
    for (; r < rows; r++) {
      y[yOffset + r] += dot(a, aOffset + r * aStride, x, xOffset, columns);
    }
  }

  private static void addFourDots(
      float[] a, int a0, int aStride, float[] x, int xOffset, float[] y, int yOffset, int n) {
    int a1 = a0 + aStride;
    int a2 = a1 + aStride;
    int a3 = a2 + aStride;
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector part = load(x, xOffset + i);
      s0 = load(a, a0 + i).fma(part, s0);
      s1 = load(a, a1 + i).fma(part, s1);
      s2 = load(a, a2 + i).fma(part, s2);
      s3 = load(a, a3 + i).fma(part, s3);
    }
    y[yOffset] += s0.reduceLanes(VectorOperators.ADD);
    y[yOffset + 1] += s1.reduceLanes(VectorOperators.ADD);
    y[yOffset + 2] += s2.reduceLanes(VectorOperators.ADD);
    y[yOffset + 3] += s3.reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) {
      y[yOffset] += a[a0 + i] * x[xOffset + i];
      y[yOffset + 1] += a[a1 + i] * x[xOffset + i];
      y[yOffset + 2] += a[a2 + i] * x[xOffset + i];
      y[yOffset + 3] += a[a3 + i] * x[xOffset + i];
    }
  }

  private void addColumns(
      float[] a,
      int aOffset,
      int aStride,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int rows,
      int columns) {
    int r = 0;
    for (; r <= rows - 4 * LANES; r += 4 * LANES) {
      FloatVector s0 = load(y, yOffset + r);
      FloatVector s1 = load(y, yOffset + r + LANES);
      FloatVector s2 = load(y, yOffset + r + 2 * LANES);
      FloatVector s3 = load(y, yOffset + r + 3 * LANES);
      int from = aOffset + r;
      for (int c = 0; c < columns; c++) {
        FloatVector factor = FloatVector.broadcast(SPECIES, x[xOffset + c]);
        s0 = load(a, from).fma(factor, s0);
        s1 = load(a, from + LANES).fma(factor, s1);
        s2 = load(a, from + 2 * LANES).fma(factor, s2);
        s3 = load(a, from + 3 * LANES).fma(factor, s3);
        from += aStride;
      }
      s0.intoArray(y, yOffset + r);
      s1.intoArray(y, yOffset + r + LANES);
      s2.intoArray(y, yOffset + r + 2 * LANES);
      s3.intoArray(y, yOffset + r + 3 * LANES);
    }
    for (int c = 0; c < columns && r < rows; c++) {
      axpy(x[xOffset + c], a, aOffset + c * aStride + r, y, yOffset + r, rows - r);
    }
  }

  @Override
  public void gemm(
      float alpha,
      float[] a,
      int aOffset,
      int aStride,
      boolean aTransposed,
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      boolean accumulate,
      float[] c,
      int cOffset,
      int cStride,
      int m,
      int n,
      int k,
      Scratch scratch) {
    if (m == 1 && alpha == 1 && !aTransposed) {
      gemv(b, bOffset, bStride, !bTransposed, a, aOffset, bias, accumulate, c, cOffset, n, k);
      return;
    }
    if (accumulate && bias != null) {
      for (int i = 0; i < m; i++) {
        axpy(1, bias, 0, c, cOffset + i * cStride, n);
      }
    }
    float[] panels = scratch.block.panels;
    for (int j = 0; j < n; j += VectorBlocks.COLUMNS) {
      int columns = Math.min(VectorBlocks.COLUMNS, n - j);
      int p = 0;
      do {
        int depth = Math.min(VectorBlocks.DEPTH, k - p);
        int from = bOffset + (bTransposed ? p + j * bStride : p * bStride + j);
        packBlock(
            alpha,
            b,
            from,
            bStride,
            bTransposed,
            p == 0 ? bias : null,
            j,
            columns,
            depth,
            panels,
            0);
        boolean load = accumulate || p > 0;
        int to = cOffset + j;
        if (aTransposed) {
          int part = aOffset + p * aStride;
          for (int i = 0; i < m; i += VectorBlocks.ROWS) {
            int rows = Math.min(VectorBlocks.ROWS, m - i);
            transpose(a, part + i, aStride, depth, rows, scratch.left);
            addProduct(
                scratch.left,
                0,
                depth,
                panels,
                0,
                load,
                c,
                to + i * cStride,
                cStride,
                rows,
                columns,
                depth,
                scratch.tile);
          }
        } else {
          addProduct(
              a,
              aOffset + p,
              aStride,
              panels,
              0,
              load,
              c,
              to,
              cStride,
              m,
              columns,
              depth,
              scratch.tile);
        }
        p += VectorBlocks.DEPTH;
      } while (p < k);
    }
  }

  @Override
  public void gemm(
      float[] a,
      int aOffset,
      int aStride,
      PackedMatrix b,
      boolean accumulate,
      float[] c,
      int cOffset,
      int cStride,
      int m,
      Scratch scratch) {
    int at = 0;
    for (int j = 0; j < b.n; j += VectorBlocks.COLUMNS) {
      int columns = Math.min(VectorBlocks.COLUMNS, b.n - j);
      int p = 0;
      do {
        int depth = Math.min(VectorBlocks.DEPTH, b.k - p);
        if (p == 0 && accumulate) {
          addStart(b.panels, at, columns, depth, c, cOffset + j, cStride, m);
        }
        addProduct(
            a,
            aOffset + p,
            aStride,
            b.panels,
            at,
            accumulate || p > 0,
            c,
            cOffset + j,
            cStride,
            m,
            columns,
            depth,
            scratch.tile);
        at += padded(columns) * (depth + 1);
        p += VectorBlocks.DEPTH;
      } while (p < b.k);
    }
  }

  /** Adds a packed block's bias to each row of C. */
  private void addStart(
      float[] panels, int at, int columns, int depth, float[] c, int cOffset, int cStride, int m) {
    for (int j = 0; j < columns; j += WIDE) {
      for (int i = 0; i < m; i++) {
        axpy(
            1,
            panels,
            at + j * (depth + 1),
            c,
            cOffset + i * cStride + j,
            Math.min(WIDE, columns - j));
      }
    }
  }

  @Override
  public PackedMatrix pack(
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      int n,
      int k) {
    int blocks = Math.max(1, (k + VectorBlocks.DEPTH - 1) / VectorBlocks.DEPTH);
    int rest = n % VectorBlocks.COLUMNS;
    int width = Math.addExact(n - rest, padded(rest));
    float[] panels = new float[Math.multiplyExact(width, Math.addExact(k, blocks))];
    int at = 0;
    for (int j = 0; j < n; j += VectorBlocks.COLUMNS) {
      int columns = Math.min(VectorBlocks.COLUMNS, n - j);
      int p = 0;
      do {
        int depth = Math.min(VectorBlocks.DEPTH, k - p);
        int from = bOffset + (bTransposed ? p + j * bStride : p * bStride + j);
        packBlock(
            1, b, from, bStride, bTransposed, p == 0 ? bias : null, j, columns, depth, panels, at);
        at += padded(columns) * (depth + 1);
        p += VectorBlocks.DEPTH;
      } while (p < k);
    }
    return new PackedMatrix(n, k, panels, new float[0][]);
  }

  /** Width of the panel that takes up the next of some columns. */
  private static int width(int columns) {
    return columns > NARROW ? WIDE : NARROW;
  }

  /** Width of all panels of a block of some columns. */
  private static int padded(int columns) {
    int rest = columns % WIDE;
    return columns - rest + (rest == 0 ? 0 : width(rest));
  }

  /** Packs alpha times a block of B into panels, each behind a row of its bias. */
  private static void packBlock(
      float alpha,
      float[] b,
      int bOffset,
      int bStride,
      boolean bTransposed,
      float @Nullable [] bias,
      int biasOffset,
      int columns,
      int depth,
      float[] panels,
      int at) {
    for (int j = 0; j < columns; j += WIDE) {
      int width = width(columns - j);
      int used = Math.min(width, columns - j);
      int to = at + j * (depth + 1);
      if (bias == null) {
        Arrays.fill(panels, to, to + width, 0);
      } else {
        System.arraycopy(bias, biasOffset + j, panels, to, used);
        Arrays.fill(panels, to + used, to + width, 0);
      }
      to += width;
      if (bTransposed) {
        packColumns(alpha, b, bOffset + j * bStride, bStride, used, depth, panels, to, width);
      } else {
        packRows(alpha, b, bOffset + j, bStride, used, depth, panels, to, width);
      }
    }
  }

  private static void packRows(
      float alpha,
      float[] b,
      int from,
      int bStride,
      int used,
      int depth,
      float[] panels,
      int to,
      int width) {
    for (int p = 0; p < depth; p++) {
      int i = 0;
      for (; i <= used - LANES; i += LANES) {
        load(b, from + i).mul(alpha).intoArray(panels, to + i);
      }
      for (; i < used; i++) {
        panels[to + i] = alpha * b[from + i];
      }
      for (; i < width; i++) {
        panels[to + i] = 0;
      }
      from += bStride;
      to += width;
    }
  }

  private static void packColumns(
      float alpha,
      float[] b,
      int from,
      int bStride,
      int used,
      int depth,
      float[] panels,
      int to,
      int width) {
    int i = 0;
    // four at once, so that stores to one line of the cache come together
    for (; i <= used - 4; i += 4) {
      int b0 = from + i * bStride;
      int b1 = b0 + bStride;
      int b2 = b1 + bStride;
      int b3 = b2 + bStride;
      int at = to + i;
      for (int p = 0; p < depth; p++) {
        panels[at] = alpha * b[b0 + p];
        panels[at + 1] = alpha * b[b1 + p];
        panels[at + 2] = alpha * b[b2 + p];
        panels[at + 3] = alpha * b[b3 + p];
        at += width;
      }
    }
    for (; i < width; i++) {
      for (int p = 0; p < depth; p++) {
        panels[to + p * width + i] = i < used ? alpha * b[from + i * bStride + p] : 0;
      }
    }
  }

  private static void transpose(
      float[] a, int from, int aStride, int depth, int rows, float[] out) {
    for (int i = 0; i < rows; i++) {
      for (int p = 0; p < depth; p++) {
        out[i * depth + p] = a[from + p * aStride + i];
      }
    }
  }

  /** Adds A times a packed block to the block's bias, or to what C holds. */
  private static void addProduct(
      float[] a,
      int aOffset,
      int aStride,
      float[] panels,
      int at,
      boolean load,
      float[] c,
      int cOffset,
      int cStride,
      int m,
      int columns,
      int depth,
      float[] tile) {
    for (int j = 0; j < columns; j += WIDE) {
      int width = width(columns - j);
      int used = Math.min(width, columns - j);
      int panel = at + j * (depth + 1);
      for (int i = 0; i < m; i += TILE_ROWS) {
        int rows = Math.min(TILE_ROWS, m - i);
        // rows beyond the last repeat it, and go nowhere
        int a0 = aOffset + i * aStride;
        int a1 = rows > 1 ? a0 + aStride : a0;
        int a2 = rows > 2 ? a1 + aStride : a1;
        int a3 = rows > 3 ? a2 + aStride : a2;
        int to = cOffset + i * cStride + j;
        if (rows == TILE_ROWS && used == width) {
          addTile(a, a0, a1, a2, a3, panels, panel, width, load, c, to, cStride, depth);
        } else {
          for (int r = 0; load && r < rows; r++) {
            System.arraycopy(c, to + r * cStride, tile, r * width, used);
          }
          addTile(a, a0, a1, a2, a3, panels, panel, width, load, tile, 0, width, depth);
          for (int r = 0; r < rows; r++) {
            System.arraycopy(tile, r * width, c, to + r * cStride, used);
          }
        }
      }
    }
  }

  private static void addTile(
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      float[] panels,
      int at,
      int width,
      boolean load,
      float[] c,
      int to,
      int cStride,
      int depth) {
    if (width == NARROW) {
      addNarrowTile(a, a0, a1, a2, a3, panels, at, load, c, to, cStride, depth);
    } else {
      addWideTile(a, a0, a1, a2, a3, panels, at, load, c, to, cStride, depth);
    }
  }

  private static void addNarrowTile(
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      float[] panels,
      int at,
      boolean load,
      float[] c,
      int c0,
      int cStride,
      int depth) {
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    float[] start = load ? c : panels;
    int s0 = load ? c0 : at;
    int s1 = load ? c1 : at;
    int s2 = load ? c2 : at;
    int s3 = load ? c3 : at;
    FloatVector s00 = load(start, s0);
    FloatVector s01 = load(start, s0 + LANES);
    FloatVector s10 = load(start, s1);
    FloatVector s11 = load(start, s1 + LANES);
    FloatVector s20 = load(start, s2);
    FloatVector s21 = load(start, s2 + LANES);
    FloatVector s30 = load(start, s3);
    FloatVector s31 = load(start, s3 + LANES);
    for (int p = 0; p < depth; p++) {
      int from = at + (p + 1) * NARROW;
      FloatVector b0 = load(panels, from);
      FloatVector b1 = load(panels, from + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
  }

  private static void addWideTile(
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      float[] panels,
      int at,
      boolean load,
      float[] c,
      int c0,
      int cStride,
      int depth) {
    int c1 = c0 + cStride;
    int c2 = c1 + cStride;
    int c3 = c2 + cStride;
    float[] start = load ? c : panels;
    int s0 = load ? c0 : at;
    int s1 = load ? c1 : at;
    int s2 = load ? c2 : at;
    int s3 = load ? c3 : at;
    FloatVector s00 = load(start, s0);
    FloatVector s01 = load(start, s0 + LANES);
    FloatVector s02 = load(start, s0 + 2 * LANES);
    FloatVector s03 = load(start, s0 + 3 * LANES);
    FloatVector s10 = load(start, s1);
    FloatVector s11 = load(start, s1 + LANES);
    FloatVector s12 = load(start, s1 + 2 * LANES);
    FloatVector s13 = load(start, s1 + 3 * LANES);
    FloatVector s20 = load(start, s2);
    FloatVector s21 = load(start, s2 + LANES);
    FloatVector s22 = load(start, s2 + 2 * LANES);
    FloatVector s23 = load(start, s2 + 3 * LANES);
    FloatVector s30 = load(start, s3);
    FloatVector s31 = load(start, s3 + LANES);
    FloatVector s32 = load(start, s3 + 2 * LANES);
    FloatVector s33 = load(start, s3 + 3 * LANES);
    for (int p = 0; p < depth; p++) {
      int from = at + (p + 1) * 4 * LANES;
      FloatVector b0 = load(panels, from);
      FloatVector b1 = load(panels, from + LANES);
      FloatVector b2 = load(panels, from + 2 * LANES);
      FloatVector b3 = load(panels, from + 3 * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      s02 = x.fma(b2, s02);
      s03 = x.fma(b3, s03);
      x = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      s12 = x.fma(b2, s12);
      s13 = x.fma(b3, s13);
      x = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      s22 = x.fma(b2, s22);
      s23 = x.fma(b3, s23);
      x = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      s32 = x.fma(b2, s32);
      s33 = x.fma(b3, s33);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s02.intoArray(c, c0 + 2 * LANES);
    s03.intoArray(c, c0 + 3 * LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s12.intoArray(c, c1 + 2 * LANES);
    s13.intoArray(c, c1 + 3 * LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s22.intoArray(c, c2 + 2 * LANES);
    s23.intoArray(c, c2 + 3 * LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    s32.intoArray(c, c3 + 2 * LANES);
    s33.intoArray(c, c3 + 3 * LANES);
  }

  /** Vector form of {@link Functions#exp} for what is not above {@link Functions#EXP_HIGHEST}. */
  private static FloatVector expLow(FloatVector x) {
    x = x.blend(Functions.EXP_LOWEST, x.compare(VectorOperators.LT, Functions.EXP_LOWEST));
    FloatVector rounder = FloatVector.broadcast(SPECIES, Functions.ROUNDER);
    FloatVector rounded = x.fma(FloatVector.broadcast(SPECIES, Functions.LOG2_E), rounder);
    FloatVector n = rounded.sub(rounder);
    FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -Functions.LN2_HIGH), x);
    r = n.fma(FloatVector.broadcast(SPECIES, -Functions.LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(SPECIES, Functions.EXP_6);
    p = p.fma(r, FloatVector.broadcast(SPECIES, Functions.EXP_5));
    p = p.fma(r, FloatVector.broadcast(SPECIES, Functions.EXP_4));
    p = p.fma(r, FloatVector.broadcast(SPECIES, Functions.EXP_3));
    p = p.fma(r, FloatVector.broadcast(SPECIES, Functions.EXP_2));
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    p = p.fma(r, one).fma(r, one);
    FloatVector power =
        rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    return p.add(p).mul(power);
  }

  private static FloatVector exp(FloatVector x) {
    return expLow(
        x.blend(Functions.EXP_HIGHEST, x.compare(VectorOperators.GT, Functions.EXP_HIGHEST)));
  }

  @Override
  public void exp(float[] x, int xOffset, float[] out, int outOffset, int n) {
    if (n < LANES) {
      super.exp(x, xOffset, out, outOffset, n);
      return;
    }
    FloatVector part = load(x, xOffset);
    int at = 0;
    for (int i = 0; i < n; i += LANES) {
      int next = Math.min(i + LANES, n - LANES);
      FloatVector ahead = load(x, xOffset + next);
      exp(part).intoArray(out, outOffset + at);
      part = ahead;
      at = next;
    }
  }

  private static FloatVector sigmoid(FloatVector x) {
    return FloatVector.broadcast(SPECIES, 1).div(exp(x.neg()).add(1));
  }

  @Override
  public void sigmoid(float[] x, int xOffset, float[] out, int outOffset, int n) {
    if (n < LANES) {
      super.sigmoid(x, xOffset, out, outOffset, n);
      return;
    }
    FloatVector part = load(x, xOffset);
    int at = 0;
    for (int i = 0; i < n; i += LANES) {
      int next = Math.min(i + LANES, n - LANES);
      FloatVector ahead = load(x, xOffset + next);
      sigmoid(part).intoArray(out, outOffset + at);
      part = ahead;
      at = next;
    }
  }

  private static FloatVector tanh(FloatVector x) {
    FloatVector z = x.mul(x);
    FloatVector p = FloatVector.broadcast(SPECIES, Functions.TANH_11);
    p = p.fma(z, FloatVector.broadcast(SPECIES, Functions.TANH_9));
    p = p.fma(z, FloatVector.broadcast(SPECIES, Functions.TANH_7));
    p = p.fma(z, FloatVector.broadcast(SPECIES, Functions.TANH_5));
    p = p.fma(z, FloatVector.broadcast(SPECIES, Functions.TANH_3));
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector small = x.mul(z.fma(p, one));
    FloatVector magnitude = x.abs();
    FloatVector twice = FloatVector.broadcast(SPECIES, 2);
    FloatVector large = one.sub(twice.div(exp(magnitude.add(magnitude)).add(one)));
    large = large.blend(large.neg(), x.compare(VectorOperators.LT, 0));
    return large.blend(small, magnitude.compare(VectorOperators.LT, Functions.TANH_SMALL));
  }

  @Override
  public void tanh(float[] x, int xOffset, float[] out, int outOffset, int n) {
    if (n < LANES) {
      super.tanh(x, xOffset, out, outOffset, n);
      return;
    }
    FloatVector part = load(x, xOffset);
    int at = 0;
    for (int i = 0; i < n; i += LANES) {
      int next = Math.min(i + LANES, n - LANES);
      FloatVector ahead = load(x, xOffset + next);
      tanh(part).intoArray(out, outOffset + at);
      part = ahead;
      at = next;
    }
  }

  private static FloatVector gelu(FloatVector x) {
    FloatVector magnitude = x.abs();
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector t =
        one.div(magnitude.fma(FloatVector.broadcast(SPECIES, Functions.ERFC_STEP), one));
    FloatVector p = FloatVector.broadcast(SPECIES, Functions.ERFC_9);
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_8));
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_7));
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_6));
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_5));
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_4));
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_3));
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_2));
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_1));
    p = p.fma(t, FloatVector.broadcast(SPECIES, Functions.ERFC_0));
    FloatVector half = x.mul(0.5f);
    FloatVector tail = magnitude.mul(0.5f).mul(t).mul(expLow(p.sub(half.mul(x))));
    tail = tail.blend(0, magnitude.compare(VectorOperators.GT, Functions.GELU_FAR));
    return x.max(0).sub(tail);
  }

  @Override
  public void gelu(float[] x, int xOffset, float[] out, int outOffset, int n) {
    if (n < LANES) {
      super.gelu(x, xOffset, out, outOffset, n);
      return;
    }
    FloatVector part = load(x, xOffset);
    int at = 0;
    for (int i = 0; i < n; i += LANES) {
      int next = Math.min(i + LANES, n - LANES);
      FloatVector ahead = load(x, xOffset + next);
      gelu(part).intoArray(out, outOffset + at);
      part = ahead;
      at = next;
    }
  }

  @Override
  public void relu(float[] x, int xOffset, float[] out, int outOffset, int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      load(x, xOffset + i).max(0).intoArray(out, outOffset + i);
    }
    super.relu(x, xOffset + i, out, outOffset + i, n - i);
  }

  @Override
  public void softmax(
      float[] x,
      int xOffset,
      float @Nullable [] mask,
      int maskOffset,
      int maskStride,
      float[] out,
      int outOffset,
      int rows,
      int columns) {
    if (columns < LANES) {
      super.softmax(x, xOffset, mask, maskOffset, maskStride, out, outOffset, rows, columns);
      return;
    }
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * columns;
      int to = outOffset + r * columns;
      float[] logits = x;
      if (mask != null) {
        add(x, from, mask, maskOffset + r * maskStride, out, to, columns);
        logits = out;
        from = to;
      }
      float highest = max(logits, from, columns);
      if (highest == Float.NEGATIVE_INFINITY) {
        Arrays.fill(out, to, to + columns, 0);
        continue;
      }
      float sum = expAndSum(logits, from, highest, out, to, columns);
      scale(1 / sum, out, to, columns);
    }
  }

  private static void add(
      float[] x, int xOffset, float[] y, int yOffset, float[] out, int outOffset, int n) {
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      load(x, xOffset + i).add(load(y, yOffset + i)).intoArray(out, outOffset + i);
    }
    for (; i < n; i++) {
      out[outOffset + i] = x[xOffset + i] + y[yOffset + i];
    }
  }

  private static float max(float[] x, int offset, int n) {
    int last = n - LANES;
    FloatVector highest = load(x, offset + last);
    for (int i = 0; i < last; i += LANES) {
      highest = highest.max(load(x, offset + i));
    }
    return highest.reduceLanes(VectorOperators.MAX);
  }

  /** Puts exp(x - highest) into an array that may be x itself, and returns its sum. */
  private static float expAndSum(
      float[] x, int xOffset, float highest, float[] out, int outOffset, int n) {
    FloatVector part = load(x, xOffset);
    FloatVector result = FloatVector.zero(SPECIES);
    FloatVector sum = result;
    int at = 0;
    for (int i = 0; i < n; i += LANES) {
      int next = Math.min(i + LANES, n - LANES);
      FloatVector ahead = load(x, xOffset + next);
      sum = sum.add(result);
      result = expLow(part.sub(highest));
      result.intoArray(out, outOffset + at);
      part = ahead;
      at = next;
    }
    return sum.add(result.blend(0, covered(n))).reduceLanes(VectorOperators.ADD);
  }

  @Override
  public float logSumExp(float[] x, int xOffset, int n) {
    if (n < LANES) {
      return super.logSumExp(x, xOffset, n);
    }
    float highest = max(x, xOffset, n);
    if (Float.isInfinite(highest)) {
      return highest;
    }
    FloatVector result = FloatVector.zero(SPECIES);
    FloatVector sum = result;
    for (int i = 0; i < n; i += LANES) {
      sum = sum.add(result);
      result = expLow(load(x, xOffset + Math.min(i, n - LANES)).sub(highest));
    }
    sum = sum.add(result.blend(0, covered(n)));
    return (float) (highest + Math.log(sum.reduceLanes(VectorOperators.ADD)));
  }

  @Override
  public void weigh(
      Scratch scratch,
      int rows,
      int columns,
      float @Nullable [] mask,
      int maskOffset,
      int maskStride,
      float[] out,
      int outOffset,
      int outStride,
      int headSize) {
    float[] scores = scratch.scores;
    // whole vectors reach beyond the keys, into room that the stride leaves, where weights become 0
    int whole = (columns + LANES - 1) / LANES * LANES;
    for (int r = 0; r < rows; r++) {
      int from = r * Scratch.KEYS;
      if (mask != null) {
        for (int c = 0; c < columns; c++) {
          scores[from + c] += mask[maskOffset + r * maskStride + c];
        }
      }
      for (int c = from + columns; c < from + whole; c++) {
        scores[c] = Float.NEGATIVE_INFINITY;
      }
      float before = scratch.highest[r];
      float highest = Math.max(before, max(scores, from, whole));
      if (highest == Float.NEGATIVE_INFINITY) {
        Arrays.fill(scores, from, from + columns, 0);
        continue;
      }
      float sum = expAndSum(scores, from, highest, scores, from, whole);
      float keep = before == Float.NEGATIVE_INFINITY ? 0 : Functions.exp(before - highest);
      scratch.highest[r] = highest;
      scratch.total[r] = scratch.total[r] * keep + sum;
      if (before != highest && before != Float.NEGATIVE_INFINITY) {
        scale(keep, out, outOffset + r * outStride, headSize);
      }
    }
  }

  @Override
  public void layerNorm(
      float[] x,
      int xOffset,
      float[] gain,
      float[] shift,
      float epsilon,
      float[] out,
      int outOffset,
      int rows,
      int columns) {
    if (columns < LANES) {
      super.layerNorm(x, xOffset, gain, shift, epsilon, out, outOffset, rows, columns);
      return;
    }
    int last = columns - LANES;
    VectorMask<Float> had = covered(columns);
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * columns;
      int to = outOffset + r * columns;
      FloatVector end = load(x, from + last);
      FloatVector sum = end.blend(0, had);
      for (int c = 0; c < last; c += LANES) {
        sum = sum.add(load(x, from + c));
      }
      float mean = sum.reduceLanes(VectorOperators.ADD) / columns;
      end = end.sub(mean);
      FloatVector squares = end.mul(end).blend(0, had);
      for (int c = 0; c < last; c += LANES) {
        FloatVector deviation = load(x, from + c).sub(mean);
        squares = deviation.fma(deviation, squares);
      }
      float variance = squares.reduceLanes(VectorOperators.ADD) / columns;
      float factor = (float) (1 / Math.sqrt(variance + epsilon));
      end = end.mul(factor).fma(load(gain, last), load(shift, last));
      for (int c = 0; c < last; c += LANES) {
        load(x, from + c)
            .sub(mean)
            .mul(factor)
            .fma(load(gain, c), load(shift, c))
            .intoArray(out, to + c);
      }
      end.intoArray(out, to + last);
    }
  }

  @Override
  public void batchNorm(
      float[] x,
      int xOffset,
      float[] mean,
      float[] variance,
      float[] gain,
      float[] shift,
      float epsilon,
      float[] out,
      int outOffset,
      int rows,
      int columns) {
    int c = 0;
    for (; c <= columns - LANES; c += LANES) {
      FloatVector center = load(mean, c);
      FloatVector factor = load(gain, c).div(load(variance, c).add(epsilon).sqrt());
      FloatVector raise = load(shift, c);
      for (int r = 0; r < rows; r++) {
        load(x, xOffset + r * columns + c)
            .sub(center)
            .fma(factor, raise)
            .intoArray(out, outOffset + r * columns + c);
      }
    }
    normalizeColumns(
        x, xOffset, mean, variance, gain, shift, epsilon, out, outOffset, rows, columns, c);
  }

  @Override
  public void maxPool(float[] x, int xOffset, float[] out, int outOffset, int rows, int columns) {
    if (columns < LANES) {
      super.maxPool(x, xOffset, out, outOffset, rows, columns);
      return;
    }
    for (int c = 0; c < columns; c += LANES) {
      int at = Math.min(c, columns - LANES);
      FloatVector highest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      for (int r = 0; r < rows; r++) {
        highest = highest.max(load(x, xOffset + r * columns + at));
      }
      highest.intoArray(out, outOffset + at);
    }
  }
}
