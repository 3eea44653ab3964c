package io.github.erv.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Maps;
import com.google.common.collect.SetMultimap;
import com.google.common.collect.TreeMultimap;
import com.google.common.reflect.ClassPath;
import com.google.common.reflect.ClassPath.ClassInfo;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What holds for all modules of the library together. */
class ModulesTest {
  // A folder when only tests run, a jar once the reactor packages; the jar of core's contract tests
  // counts as a module of its own.
  private static final Pattern MODULE =
      Pattern.compile(
          "(erv-(?:core|vision|audio|fusion))(?:/target/classes/|-[^/]+?(-tests)?\\.jar!)");

  private static final SetMultimap<String, String> classesByModule = TreeMultimap.create();

  @BeforeAll
  static void findClasses() throws IOException {
    for (ClassInfo found : ClassPath.from(ModulesTest.class.getClassLoader()).getAllClasses()) {
      Matcher module = MODULE.matcher(located(found));
      if (module.find()) {
        classesByModule.put(
            module.group(1) + Objects.requireNonNullElse(module.group(2), ""), found.getName());
      }
    }
  }

  /** Returns where a class of ours lies, and nothing for others, which may have no URL. */
  private static String located(ClassInfo found) {
    return found.getPackageName().startsWith("io.github.erv") ? found.url().toString() : "";
  }

  @Test
  void classPath_holdsEveryModule() {
    assertTrue(
        classesByModule
            .keySet()
            .containsAll(Set.of("erv-core", "erv-vision", "erv-audio", "erv-fusion")),
        () -> "found only " + classesByModule.keySet());
  }

  @Test
  void packages_areNotSplitOverModules() {
    SetMultimap<String, String> modulesByPackage = TreeMultimap.create();
    classesByModule.forEach(
        (module, name) -> modulesByPackage.put(name.substring(0, name.lastIndexOf('.')), module));

    assertEquals(
        Map.of(),
        Maps.filterValues(modulesByPackage.asMap(), modules -> modules.size() > 1),
        "packages with classes in several modules");
  }

  @Test
  void signatures_nameNoThirdPartyType() throws ClassNotFoundException {
    Set<String> leaks = new TreeSet<>();
    for (String name : classesByModule.values()) {
      leaks.addAll(
          Signatures.thirdPartyTypes(
              Class.forName(name, false, ModulesTest.class.getClassLoader())));
    }

    // contracts are tests, and tests are made of JUnit
    leaks.removeIf(
        leak -> leak.startsWith("io.github.erv.contract.") && leak.contains(": org.junit."));
    assertEquals(Set.of(), leaks, "third-party types in public or protected signatures");
  }

  @Test
  void signatures_findThirdPartyTypeWhereverItStands() {
    Set<String> leaks = new TreeSet<>(Signatures.thirdPartyTypes(Leaky.class));
    leaks.addAll(Signatures.thirdPartyTypes(Leaky.Nested.class));
    leaks.addAll(Signatures.thirdPartyTypes(Leaky.Hidden.class));

    String leaky = Leaky.class.getName();
    assertEquals(
        Set.of(
            leaky + ": com.google.common.collect.ImmutableList",
            leaky + ": com.google.common.io.ByteSink",
            leaky + ".argument: com.google.common.collect.ImmutableMap",
            leaky + ".field: com.google.common.primitives.UnsignedInteger",
            leaky + ".result: com.google.common.collect.Multimap",
            leaky + "$Nested: com.google.common.io.ByteSink"),
        leaks);
  }

  @Test
  void natives_areOnThisClassPath() {
    // The names that erv-audio and erv-fusion must not see, so that a wrong one cannot pass there.
    for (String name : List.of("opencv.global.opencv_core", "openblas.global.openblas")) {
      assertDoesNotThrow(
          () -> Class.forName("org.bytedeco." + name, false, getClass().getClassLoader()));
    }
  }
}
