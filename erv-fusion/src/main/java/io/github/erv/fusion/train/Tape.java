package io.github.erv.fusion.train;

import static java.util.Objects.requireNonNull;

import io.github.erv.tensor.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/*
 * Every call computes its result at once and remembers how, so that a network is written once, as a
 * sequence of calls, for use and for training: backward() goes through what was remembered in
 * reverse (reverse-mode differentiation; Griewank and Walther, 2008, chapter 3). rewind() keeps the
 * nodes and their arrays, so that a second run of the same network allocates nothing.
 */

/**
 * Runs the layers of a network, and for training takes gradients back through them. Matrices are
 * row-major; a row is a time step or a vector. Used by one thread at a time; allocates nothing when
 * it ran the same sizes before.
 */
public final class Tape {
  final Scratch scratch = new Scratch();
  private final List<Node> nodes = new ArrayList<>();
  private final float @Nullable [] gradients;
  private int used;
  private boolean training;
  private SplittableRandom random = new SplittableRandom(0);

  private Tape(float @Nullable [] gradients) {
    this.gradients = gradients;
  }

  /**
   * Returns a tape for use: it keeps nothing for the way back.
   *
   * @return a new tape
   */
  public static Tape forUse() {
    return new Tape(null);
  }

  /**
   * Returns a tape for training.
   *
   * @param gradients to which gradients of parameters are added, {@link Parameters#size} long
   * @return a new tape
   */
  static Tape forTraining(float[] gradients) {
    return new Tape(gradients);
  }

  /** Forgets all nodes, but not their memory. Dropout is off until the next {@link #train}. */
  public void rewind() {
    used = 0;
    training = false;
  }

  /**
   * Switches dropout on.
   *
   * @param seed of what is dropped
   */
  void train(long seed) {
    training = true;
    random = new SplittableRandom(seed);
  }

  float[] gradients() {
    return requireNonNull(gradients);
  }

  boolean remembers() {
    return gradients != null;
  }

  double uniform() {
    return random.nextDouble();
  }

  /** What was computed since the tape was rewound, in order. */
  List<Node> nodes() {
    return nodes.subList(0, used);
  }

  private Node next(@Nullable Op op, int rows, int columns) {
    if (used == nodes.size()) {
      nodes.add(new Node());
    }
    Node node = nodes.get(used++);
    node.op = op;
    node.a = null;
    node.b = null;
    node.c = null;
    node.weight = null;
    node.bias = null;
    node.number = 0;
    node.factor = 0;
    node.shape(rows, columns);
    return node;
  }

  private Node run(Node node, Node a) {
    return run(node, a, null, null);
  }

  private Node run(Node node, Node a, @Nullable Node b, @Nullable Node c) {
    node.a = a;
    node.b = b;
    node.c = c;
    requireNonNull(node.op).forward(this, node);
    return node;
  }

  /**
   * Returns an input, to be filled by {@link Node#set}.
   *
   * @param rows at least 0
   * @param columns at least 1
   * @return a node that holds zeros
   */
  public Node input(int rows, int columns) {
    Node node = next(null, rows, columns);
    Arrays.fill(node.value, 0, node.size(), 0);
    return node;
  }

  /**
   * Returns the learnt weight itself as a matrix.
   *
   * @param weight of one or two dimensions; one is a row
   * @return the matrix
   */
  public Node parameter(Parameter weight) {
    int columns = weight.shape[weight.shape.length - 1];
    Node node = next(Op.PARAMETER, weight.values.length / columns, columns);
    node.weight = weight;
    requireNonNull(node.op).forward(this, node);
    return node;
  }

  /**
   * Returns {@code x Wᵀ + b}.
   *
   * @param layer W and b
   * @param x shape (rows, inputs)
   * @return shape (rows, outputs)
   */
  public Node linear(Parameters.Linear layer, Node x) {
    int[] shape = layer.weight().shape;
    require(x.columns == shape[1], "linear", x, shape);
    Node node = next(Op.LINEAR, x.rows, shape[0]);
    node.weight = layer.weight();
    node.bias = layer.bias();
    return run(node, x);
  }

  /**
   * Normalises each row to mean 0 and variance 1 (epsilon 1e-5), then scales and shifts it.
   *
   * @param norm gain and shift
   * @param x shape (rows, columns)
   * @return the same shape
   */
  public Node layerNorm(Parameters.Norm norm, Node x) {
    require(x.columns == norm.gain().shape[0], "layerNorm", x, norm.gain().shape);
    Node node = next(Op.LAYER_NORM, x.rows, x.columns);
    node.weight = norm.gain();
    node.bias = norm.shift();
    return run(node, x);
  }

  /**
   * Returns {@code x + y}.
   *
   * @param x shape (rows, columns)
   * @param y the same shape, or one row that is added to each
   * @return the shape of x
   */
  public Node add(Node x, Node y) {
    require(y.columns == x.columns && (y.rows == x.rows || y.rows == 1), "add", x, y);
    return run(next(Op.ADD, x.rows, x.columns), x, y, null);
  }

  /**
   * Returns the products of elements.
   *
   * @param x any shape
   * @param y the same shape
   * @return the same shape
   */
  public Node multiply(Node x, Node y) {
    require(y.columns == x.columns && y.rows == x.rows, "multiply", x, y);
    return run(next(Op.MULTIPLY, x.rows, x.columns), x, y, null);
  }

  /**
   * Returns {@code factor x}.
   *
   * @param x any shape
   * @param factor a constant
   * @return the same shape
   */
  public Node scale(Node x, float factor) {
    Node node = next(Op.SCALE, x.rows, x.columns);
    node.factor = factor;
    return run(node, x);
  }

  /**
   * Returns the Gaussian error linear unit of each element.
   *
   * @param x any shape
   * @return the same shape
   */
  public Node gelu(Node x) {
    return run(next(Op.GELU, x.rows, x.columns), x);
  }

  /**
   * Returns the hyperbolic tangent of each element.
   *
   * @param x any shape
   * @return the same shape
   */
  public Node tanh(Node x) {
    return run(next(Op.TANH, x.rows, x.columns), x);
  }

  /**
   * Returns the logistic function of each element.
   *
   * @param x any shape
   * @return the same shape
   */
  public Node sigmoid(Node x) {
    return run(next(Op.SIGMOID, x.rows, x.columns), x);
  }

  /**
   * In training, sets elements to 0 at random and divides the others by what is left; else returns
   * its argument.
   *
   * @param x any shape
   * @param rate the probability of 0, in [0, 1)
   * @return the same shape
   */
  public Node dropout(Node x, float rate) {
    if (!training || rate == 0) {
      return x;
    }
    Node node = next(Op.DROPOUT, x.rows, x.columns);
    node.factor = rate;
    return run(node, x);
  }

  /**
   * Returns scaled dot-product attention of several heads.
   *
   * @param q queries, shape (queries, width)
   * @param k keys, shape (keys, width)
   * @param v values, shape (keys, width)
   * @param heads a divisor of the width
   * @return shape (queries, width)
   */
  public Node attention(Node q, Node k, Node v, int heads) {
    require(k.columns == q.columns && q.columns % heads == 0, "attention", q, k);
    require(v.columns == k.columns && v.rows == k.rows, "attention", k, v);
    Node node = next(Op.ATTENTION, q.rows, q.columns);
    node.number = heads;
    return run(node, q, k, v);
  }

  /**
   * Rotates pairs of columns by angles that grow with time, so that products of what was rotated
   * depend on differences in time alone.
   *
   * @param x shape (rows, width); a head's column i is paired with its column i + half
   * @param seconds shape (rows, 1), the time of each row
   * @param heads a divisor of the width that leaves an even number of columns to each
   * @return the shape of x
   * @see "Su et al. (2024), RoFormer: enhanced transformer with rotary position embedding,
   *     Neurocomputing 568, equation 34; here with real time stamps in place of positions"
   */
  public Node rotate(Node x, Node seconds, int heads) {
    require(x.columns % (2 * heads) == 0, "rotate", x, seconds);
    require(seconds.rows == x.rows && seconds.columns == 1, "rotate", x, seconds);
    Node node = next(Op.ROTATE, x.rows, x.columns);
    node.number = heads;
    return run(node, x, seconds, null);
  }

  /**
   * Returns the mean of the rows, weighted by the softmax of scores.
   *
   * @param x shape (rows, columns), at least one row
   * @param scores shape (rows, 1)
   * @return shape (1, columns)
   */
  public Node pool(Node x, Node scores) {
    require(x.rows > 0 && scores.rows == x.rows && scores.columns == 1, "pool", x, scores);
    return run(next(Op.POOL, 1, x.columns), x, scores, null);
  }

  /**
   * Returns some of the rows.
   *
   * @param x shape (rows, columns)
   * @param from the first
   * @param count how many
   * @return shape (count, columns)
   */
  public Node rows(Node x, int from, int count) {
    require(from >= 0 && count >= 0 && from + count <= x.rows, "rows", x, x);
    Node node = next(Op.ROWS, count, x.columns);
    node.number = from;
    return run(node, x);
  }

  /**
   * Returns one matrix above another.
   *
   * @param x shape (m, columns)
   * @param y shape (n, columns)
   * @return shape (m + n, columns)
   */
  public Node above(Node x, Node y) {
    require(x.columns == y.columns, "above", x, y);
    return run(next(Op.ABOVE, x.rows + y.rows, x.columns), x, y, null);
  }

  /**
   * Returns one matrix beside another.
   *
   * @param x shape (rows, m)
   * @param y shape (rows, n)
   * @return shape (rows, m + n)
   */
  public Node beside(Node x, Node y) {
    require(x.rows == y.rows, "beside", x, y);
    return run(next(Op.BESIDE, x.rows, x.columns + y.columns), x, y, null);
  }

  /**
   * Returns the outer product of x and y with a 1 put after y's values, as one row.
   *
   * @param x shape (1, m)
   * @param y shape (1, n)
   * @return shape (1, m (n + 1))
   */
  public Node outer(Node x, Node y) {
    require(x.rows == 1 && y.rows == 1, "outer", x, y);
    return run(next(Op.OUTER, 1, x.columns * (y.columns + 1)), x, y, null);
  }

  /**
   * Returns graph attention: to each node the mean of its neighbours' rows of {@code source}, with
   * weights {@code softmax(aᵀ LeakyReLU(source_j + target_i))} (slope 0.2), for each head by
   * itself. A node without neighbours gets zeros.
   *
   * @param source shape (nodes, width)
   * @param target shape (nodes, width)
   * @param edges shape (nodes, nodes), not 0 where row i hears column j
   * @param a shape (heads, width / heads)
   * @return shape (nodes, width)
   * @see "Brody, Alon and Yahav (2022), How attentive are graph attention networks?, ICLR, equation
   *     7 (GATv2)"
   */
  public Node graphAttention(Node source, Node target, Node edges, Parameter a) {
    require(source.rows == target.rows, "graphAttention", source, target);
    require(a.values.length == source.columns, "graphAttention", source, a.shape);
    Node node = next(Op.GRAPH_ATTENTION, source.rows, source.columns);
    node.weight = a;
    node.number = a.shape[0];
    return run(node, source, target, edges);
  }

  private static void require(boolean fits, String what, Node x, Node y) {
    if (!fits) {
      throw new IllegalArgumentException(
          what
              + " cannot take shapes ("
              + x.rows
              + ", "
              + x.columns
              + ") and ("
              + y.rows
              + ", "
              + y.columns
              + ") together");
    }
  }

  private static void require(boolean fits, String what, Node x, int[] shape) {
    if (!fits) {
      throw new IllegalArgumentException(
          what
              + " cannot take shape ("
              + x.rows
              + ", "
              + x.columns
              + ") with weights of shape "
              + Arrays.toString(shape));
    }
  }

  /**
   * Takes gradients back from a result to everything it came from. Those of parameters are added
   * up.
   *
   * @param result the last node
   * @param gradient of the loss with respect to it, row-major
   */
  void backward(Node result, float[] gradient) {
    for (int i = 0; i < used; i++) {
      Node node = nodes.get(i);
      node.gradient = Node.atLeast(node.gradient, node.size());
      Arrays.fill(node.gradient, 0, node.size(), 0);
    }
    System.arraycopy(gradient, 0, result.gradient, 0, result.size());
    for (int i = used - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.op != null) {
        node.op.backward(this, node);
      }
    }
  }
}
