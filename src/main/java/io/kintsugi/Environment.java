package io.kintsugi;

import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where settings come from: a system property {@code kintsugi.some-name}, else {@code KINTSUGI_SOME_NAME} in the
 * environment, else the names that other stores gave the same thing. An empty value counts as not set.
 */
final class Environment {
    private final UnaryOperator<String> properties;
    private final UnaryOperator<String> variables;

    Environment(UnaryOperator<String> properties, UnaryOperator<String> variables) {
        this.properties = properties;
        this.variables = variables;
    }

    static Environment ofProcess() {
        return new Environment(System::getProperty, System::getenv);
    }

    /** @param aliases names of environment variables, in order of precedence */
    Optional<String> get(String property, String... aliases) {
        Optional<String> value = present(properties.apply(property));
        if (value.isEmpty()) {
            value = present(variables.apply(variableOf(property)));
        }
        for (int i = 0; value.isEmpty() && i < aliases.length; i++) {
            value = present(variables.apply(aliases[i]));
        }
        return value;
    }

    static String variableOf(String property) {
        return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static Optional<String> present(String value) {
        return Optional.ofNullable(value).map(String::strip).filter(v -> !v.isEmpty());
    }
}
