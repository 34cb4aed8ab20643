package io.kintsugi.iam;

import io.kintsugi.base.PercentEncoding;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * The query of a request as signatures see it: parameters decoded, encoded again in the one way that AWS prescribes,
 * and sorted.
 */
final class SignedQuery {
    private static final String SIGNATURE = "X-Amz-Signature";

    private final Parameter[] parameters;

    /** @param encodedName what the order goes by, with {@code encodedValue} */
    private record Parameter(String name, String value, String encodedName, String encodedValue)
            implements Comparable<Parameter> {
        @Override
        public int compareTo(Parameter other) {
            int order = encodedName.compareTo(other.encodedName);
            return order != 0 ? order : encodedValue.compareTo(other.encodedValue);
        }
    }

    private SignedQuery(Parameter[] parameters) {
        this.parameters = parameters;
    }

    /** @throws AuthException with {@code INVALID_URI} when the percent-encoding is broken */
    static SignedQuery parse(String raw) {
        int count = 0;
        Parameter[] parameters = new Parameter[countParts(raw)];
        for (int start = 0; start < raw.length(); ) {
            int ampersand = raw.indexOf('&', start);
            int end = ampersand < 0 ? raw.length() : ampersand;
            if (end > start) {
                parameters[count++] = parameter(raw, start, end);
            }
            start = end + 1;
        }
        Parameter[] sorted = Arrays.copyOf(parameters, count);
        Arrays.sort(sorted);
        return new SignedQuery(sorted);
    }

    private static int countParts(String raw) {
        int count = 1;
        for (int i = 0; i < raw.length(); i++) {
            count += raw.charAt(i) == '&' ? 1 : 0;
        }
        return count;
    }

    private static Parameter parameter(String raw, int start, int end) {
        int equals = raw.indexOf('=', start);
        boolean hasValue = equals >= 0 && equals < end;
        String name = decode(raw.substring(start, hasValue ? equals : end));
        String value = hasValue ? decode(raw.substring(equals + 1, end)) : "";
        return new Parameter(name, value, PercentEncoding.encode(name, false), PercentEncoding.encode(value, false));
    }

    private static String decode(String text) {
        return PercentEncoding.decode(text, true)
                .orElseThrow(() -> new AuthException(
                        AuthException.Kind.INVALID_URI, "The query of the request has broken percent-encoding."));
    }

    Optional<String> first(String name) {
        return first(name::equals);
    }

    Optional<String> firstIgnoringCase(String name) {
        return first(name::equalsIgnoreCase);
    }

    private Optional<String> first(Predicate<String> isName) {
        for (Parameter parameter : parameters) {
            if (isName.test(parameter.name)) {
                return Optional.of(parameter.value);
            }
        }
        return Optional.empty();
    }

    /** All names with their values, decoded; sorted by name as it is encoded. */
    void forEach(BiConsumer<String, String> action) {
        for (Parameter parameter : parameters) {
            action.accept(parameter.name, parameter.value);
        }
    }

    /** Appends the canonical query: everything but the signature itself. */
    void appendTo(StringBuilder text) {
        boolean first = true;
        for (Parameter parameter : parameters) {
            if (!parameter.name.equals(SIGNATURE)) {
                text.append(first ? "" : "&")
                        .append(parameter.encodedName)
                        .append('=')
                        .append(parameter.encodedValue);
                first = false;
            }
        }
    }
}
