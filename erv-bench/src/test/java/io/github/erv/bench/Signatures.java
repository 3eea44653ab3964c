package io.github.erv.bench;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Looks for types of other libraries in what a class shows to its users. */
final class Signatures {
  private final Set<String> leaks = new TreeSet<>();
  private final Set<Type> seen = new HashSet<>();

  private Signatures() {}

  /**
   * Returns the types that are neither the JDK's nor the library's in supertypes, type parameters,
   * fields, methods and constructors that users can see.
   *
   * @param type any class, also one that users cannot see
   * @return place and type, as in {@code io.github.erv.A.method: com.google.B}
   */
  static Set<String> thirdPartyTypes(Class<?> type) {
    Signatures signatures = new Signatures();
    if (visible(type)) {
      signatures.search(type);
    }
    return signatures.leaks;
  }

  private static boolean visible(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return !type.isSynthetic()
        && !type.isLocalClass()
        && !type.isAnonymousClass()
        && visible(type.getModifiers())
        && (outer == null || visible(outer));
  }

  private static boolean visible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private void search(Class<?> type) {
    String place = type.getName();
    if (type.getGenericSuperclass() != null) {
      add(place, type.getGenericSuperclass());
    }
    add(place, type.getGenericInterfaces());
    add(place, type.getTypeParameters());
    for (Field field : type.getDeclaredFields()) {
      if (visible(field.getModifiers())) {
        add(place + '.' + field.getName(), field.getGenericType());
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      search(place, constructor);
    }
    for (Method method : type.getDeclaredMethods()) {
      if (visible(method.getModifiers())) {
        add(place + '.' + method.getName(), method.getGenericReturnType());
      }
      search(place + '.' + method.getName(), method);
    }
  }

  private void search(String place, Executable executable) {
    // Bridges are kept: an erased override that names a library's type is seen by users, too.
    if (visible(executable.getModifiers())) {
      add(place, executable.getGenericParameterTypes());
      add(place, executable.getGenericExceptionTypes());
      add(place, executable.getTypeParameters());
    }
  }

  private void add(String place, Type... types) {
    seen.clear();
    for (Type type : types) {
      visit(place, type);
    }
  }

  private void visit(String place, Type type) {
    if (!seen.add(type)) {
      return; // a type variable may be bounded by itself, as in T extends Comparable<T>
    }
    if (type instanceof Class<?> plain) {
      Class<?> element = plain;
      while (element.isArray()) {
        element = element.getComponentType();
      }
      if (!ours(element)) {
        leaks.add(place + ": " + element.getName());
      }
    } else if (type instanceof ParameterizedType parameterized) {
      visit(place, parameterized.getRawType());
      for (Type argument : parameterized.getActualTypeArguments()) {
        visit(place, argument);
      }
    } else if (type instanceof GenericArrayType array) {
      visit(place, array.getGenericComponentType());
    } else if (type instanceof TypeVariable<?> variable) {
      for (Type bound : variable.getBounds()) {
        visit(place, bound);
      }
    } else if (type instanceof WildcardType wildcard) {
      for (Type bound : wildcard.getUpperBounds()) {
        visit(place, bound);
      }
      for (Type bound : wildcard.getLowerBounds()) {
        visit(place, bound);
      }
    }
  }

  private static boolean ours(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null
        || loader == ClassLoader.getPlatformClassLoader()
        || type.getName().startsWith("io.github.erv.");
  }
}
