package io.kintsugi.s3;

import java.util.Optional;

/** The query parameters of a request, percent-decoded, in their order. */
final class QueryParams {
    private final String[] namesAndValues;

    private QueryParams(String[] namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    /** @param namesAndValues name, value, name, value…; not copied */
    static QueryParams of(String... namesAndValues) {
        return new QueryParams(namesAndValues);
    }

    /** The value of the first parameter of that name, {@code ""} when it has none. Names are case-sensitive. */
    Optional<String> first(String name) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                return Optional.of(namesAndValues[i + 1]);
            }
        }
        return Optional.empty();
    }

    boolean contains(String name) {
        return first(name).isPresent();
    }

    int count() {
        return namesAndValues.length / 2;
    }

    String name(int index) {
        return namesAndValues[2 * index];
    }

    String value(int index) {
        return namesAndValues[2 * index + 1];
    }
}
