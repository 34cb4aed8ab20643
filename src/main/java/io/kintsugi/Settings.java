package io.kintsugi;

import io.kintsugi.cluster.CodeWish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All settings of the server role, read and checked once.
 *
 * @param volumes as given, ellipses not yet expanded; each word is a pool if it has an ellipsis
 * @param code what the standard storage class is to be
 * @param drain folders and pools that are to be emptied
 * @param region that clients sign for
 * @param domains for virtual-host addressing; empty for path style alone
 * @param maxObjectSize bytes, when the default is lifted; less than it changes nothing
 * @param background of the work that nobody asked for
 * @param credentials of the administrator, when they were chosen
 */
record Settings(
        List<String> volumes,
        Addresses addresses,
        CodeWish code,
        List<String> drain,
        String region,
        List<String> domains,
        OptionalLong maxObjectSize,
        Background background,
        Optional<Credentials> credentials,
        boolean logJson) {
    static final String ADDRESS = "kintsugi.address";
    static final String CONSOLE_ADDRESS = "kintsugi.console-address";
    static final String MANAGEMENT_ADDRESS = "kintsugi.management-address";
    static final String DRAIN = "kintsugi.drain";
    static final String LOG_JSON = "kintsugi.log-json";
    static final String DEFAULT_VOLUMES = "./data/drive{1...4}";

    private static final int MIN_USER_LENGTH = 3;
    private static final int MIN_PASSWORD_LENGTH = 8;
    private static final int MAX_CREDENTIAL_LENGTH = 128;

    /** Where the three servers listen. */
    record Addresses(HostPort s3, HostPort console, HostPort management) {}

    /**
     * @param sharePercent of the time that background work may have while clients are served
     * @param healAfter how long a drive may be away before what it had is rebuilt on others; empty for never
     * @param scrubPeriod in which every object is verified on the drives once; empty for never
     */
    record Background(int sharePercent, Optional<Duration> healAfter, Optional<Duration> scrubPeriod) {
        private static final int DEFAULT_SHARE = 25;

        private static Background read(Environment environment) {
            return new Background(
                    percent(environment),
                    TimeSpan.parse(
                            "KINTSUGI_HEAL_AFTER",
                            environment.get("kintsugi.heal-after").orElse("30m")),
                    scrubPeriod(environment));
        }

        private static Optional<Duration> scrubPeriod(Environment environment) {
            Optional<Duration> period = TimeSpan.parse(
                    "KINTSUGI_SCRUB_PERIOD",
                    environment.get("kintsugi.scrub-period").orElse("30d"));
            if (period.filter(Duration::isZero).isPresent()) {
                throw new UsageException(
                        "KINTSUGI_SCRUB_PERIOD must be longer than nothing, as in 7d or 30d; off scrubs never");
            }
            return period;
        }

        private static int percent(Environment environment) {
            String text = environment
                    .get("kintsugi.background-share")
                    .orElse(String.valueOf(DEFAULT_SHARE))
                    .replace("%", "")
                    .strip();
            try {
                int percent = Integer.parseInt(text);
                if (percent >= 1 && percent <= 100) {
                    return percent;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new UsageException("KINTSUGI_BACKGROUND_SHARE is '" + text
                    + "', but must be 1 to 100: the percent of the time that background work may have while clients are"
                    + " served");
        }
    }

    /** Access key and secret key. Never printed by accident. */
    record Credentials(String user, String password) {
        @Override
        public String toString() {
            return "Credentials[" + user + "]";
        }
    }

    /** @throws UsageException with the setting that is wrong, and how it should be */
    static Settings read(CommandLine.Server command, Environment environment) {
        Reader reader = new Reader(command.options(), environment);
        return new Settings(
                volumes(command.volumes(), environment),
                new Addresses(
                        reader.address(ADDRESS, ":9000"),
                        reader.address(CONSOLE_ADDRESS, ":9001"),
                        reader.address(MANAGEMENT_ADDRESS, ":9002")),
                code(environment),
                drain(command.options(), environment),
                environment
                        .get("kintsugi.region", "MINIO_SITE_REGION", "MINIO_REGION", "RUSTFS_REGION")
                        .orElse("us-east-1"),
                words(environment
                        .get("kintsugi.domain", "MINIO_DOMAIN", "RUSTFS_SERVER_DOMAINS")
                        .orElse("")),
                maxObjectSize(environment),
                Background.read(environment),
                credentials(environment),
                reader.isTrue(LOG_JSON));
    }

    private record Reader(Map<String, String> options, Environment environment) {
        Optional<String> get(String property) {
            Optional<String> option = Optional.ofNullable(options.get(property));
            return option.isPresent() ? option : environment.get(property);
        }

        HostPort address(String property, String fallback) {
            String name = Environment.variableOf(property);
            Optional<String> alias = property.equals(ADDRESS)
                    ? environment.get(ADDRESS, "MINIO_ADDRESS", "RUSTFS_ADDRESS")
                    : environment.get(property);
            return HostPort.parse(name, get(property).or(() -> alias).orElse(fallback));
        }

        boolean isTrue(String property) {
            return get(property)
                    .filter(v -> v.equalsIgnoreCase("true") || v.equalsIgnoreCase("on") || v.equals("1"))
                    .isPresent();
        }
    }

    static List<String> volumes(List<String> arguments, Environment environment) {
        if (!arguments.isEmpty()) {
            return arguments;
        }
        return words(environment
                .get("kintsugi.volumes", "MINIO_VOLUMES", "RUSTFS_VOLUMES")
                .orElse(DEFAULT_VOLUMES));
    }

    static List<String> drain(Map<String, String> options, Environment environment) {
        return words(new Reader(options, environment).get(DRAIN).orElse(""));
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.replace(',', ' ').split(" ")) {
            if (!word.isBlank()) {
                words.add(word.strip());
            }
        }
        return List.copyOf(words);
    }

    private static CodeWish code(Environment environment) {
        Optional<String> text = environment.get(
                "kintsugi.storage-class-standard", "MINIO_STORAGE_CLASS_STANDARD", "RUSTFS_STORAGE_CLASS_STANDARD");
        try {
            return text.map(CodeWish::parse).orElse(CodeWish.NONE);
        } catch (IllegalArgumentException e) {
            throw new UsageException("KINTSUGI_STORAGE_CLASS_STANDARD: " + e.getMessage());
        }
    }

    private static OptionalLong maxObjectSize(Environment environment) {
        Optional<String> text = environment.get("kintsugi.max-object-size");
        return text.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(ByteSize.parse("KINTSUGI_MAX_OBJECT_SIZE", text.get()));
    }

    private static Optional<Credentials> credentials(Environment environment) {
        Optional<String> user =
                environment.get("kintsugi.root-user", "MINIO_ROOT_USER", "RUSTFS_ACCESS_KEY", "MINIO_ACCESS_KEY");
        Optional<String> password = environment.get(
                "kintsugi.root-password", "MINIO_ROOT_PASSWORD", "RUSTFS_SECRET_KEY", "MINIO_SECRET_KEY");
        if (user.isEmpty() && password.isEmpty()) {
            return Optional.empty();
        }
        if (user.isEmpty() || password.isEmpty()) {
            throw new UsageException("KINTSUGI_ROOT_USER and KINTSUGI_ROOT_PASSWORD must be set together, or neither");
        }
        check("KINTSUGI_ROOT_USER", user.get(), MIN_USER_LENGTH);
        check("KINTSUGI_ROOT_PASSWORD", password.get(), MIN_PASSWORD_LENGTH);
        return Optional.of(new Credentials(user.get(), password.get()));
    }

    private static void check(String name, String value, int minLength) {
        if (value.length() < minLength || value.length() > MAX_CREDENTIAL_LENGTH) {
            throw new UsageException(name + " has " + value.length() + " characters, but must have " + minLength
                    + " to " + MAX_CREDENTIAL_LENGTH);
        }
        if (value.chars().anyMatch(c -> c <= ' ' || c > '~') || name.endsWith("USER") && value.indexOf('/') >= 0) {
            throw new UsageException(name + " may only have printable ASCII characters, without spaces"
                    + (name.endsWith("USER") ? " and '/'" : ""));
        }
    }
}
