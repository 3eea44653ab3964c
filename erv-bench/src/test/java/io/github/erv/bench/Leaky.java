package io.github.erv.bench;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Multimap;
import com.google.common.io.ByteSink;
import com.google.common.primitives.UnsignedInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that {@link Signatures} has to find, and beside it what it has to leave alone. */
@SuppressWarnings("unused")
public abstract class Leaky<T extends ImmutableList<?>> implements Comparator<ByteSink> {
  protected UnsignedInteger @Nullable [] field;
  private final ImmutableList<String> hidden = ImmutableList.of();

  public Map<String, ? extends Multimap<String, String>[]> result() {
    return Map.of();
  }

  protected void argument(List<? super ImmutableMap<String, String>> argument) {}

  void packagePrivate(ImmutableList<String> argument) {}

  /** Reached by subclasses. */
  protected abstract static class Nested extends ByteSink {}

  /** Not reached from outside. */
  abstract static class Hidden extends ByteSink {}
}
