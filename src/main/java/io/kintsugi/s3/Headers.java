package io.kintsugi.s3;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** The header lines of a request in their order; names are lower case, values without surrounding blanks. */
final class Headers {
    private final String[] namesAndValues;

    private Headers(String[] namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    /** @param namesAndValues name, value, name, value…; names in lower case; not copied */
    static Headers of(String... namesAndValues) {
        return new Headers(namesAndValues);
    }

    Optional<String> first(String name) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                return Optional.of(namesAndValues[i + 1]);
            }
        }
        return Optional.empty();
    }

    /** Name, value, name, value… */
    List<String> asList() {
        return Arrays.asList(namesAndValues);
    }

    /** All but those whose names are refused. */
    Headers without(Predicate<String> refused) {
        List<String> left = new ArrayList<>(namesAndValues.length);
        forEach((name, value) -> {
            if (!refused.test(name)) {
                left.add(name);
                left.add(value);
            }
        });
        return new Headers(left.toArray(String[]::new));
    }

    boolean contains(String name) {
        return first(name).isPresent();
    }

    List<String> all(String name) {
        List<String> found = new ArrayList<>(1);
        forEach((n, value) -> {
            if (n.equals(name)) {
                found.add(value);
            }
        });
        return found;
    }

    void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            action.accept(namesAndValues[i], namesAndValues[i + 1]);
        }
    }
}
