package io.kintsugi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the arguments ask for. */
sealed interface CommandLine {
    /** Run the store. @param options property names and values, which come before those of the environment */
    record Server(List<String> volumes, Map<String, String> options) implements CommandLine {}

    record Help() implements CommandLine {}

    record Version() implements CommandLine {}

    String USAGE = """
            Usage: kintsugi [server] [OPTIONS] [VOLUME...]

            Runs an S3-compatible, erasure-coded object store on the drives that the volumes name.

              VOLUME                     a drive's directory; {1...4} stands for four of them. Several words
                                         with ellipses are several pools. Default: ./data/drive{1...4}

            Options:
              --address HOST:PORT             S3 (default :9000)
              --console-address HOST:PORT     console and admin API (default :9001)
              --management-address HOST:PORT  health and metrics (default :9002)
              --json                          log lines as JSON
              -h, --help                      this text
              -V, --version                   the version

            Environment (each also as a system property, as in -Dkintsugi.volumes=...):
              KINTSUGI_VOLUMES                     as VOLUME
              KINTSUGI_ROOT_USER                   access key of the administrator, 3 characters or more
              KINTSUGI_ROOT_PASSWORD               its secret key, 8 characters or more
              KINTSUGI_ADDRESS, KINTSUGI_CONSOLE_ADDRESS, KINTSUGI_MANAGEMENT_ADDRESS
              KINTSUGI_STORAGE_CLASS_STANDARD      EC:n keeps n parity shards for each object
              KINTSUGI_REGION                      region that clients sign for (default us-east-1)
              KINTSUGI_DOMAIN                      domains for bucket.domain addressing, separated by commas
              KINTSUGI_MAX_OBJECT_SIZE             bytes; K, M, G, T and KiB, MiB... are understood
              KINTSUGI_LOG_JSON                    true for JSON log lines
            The MINIO_* and RUSTFS_* names of the same settings are understood.

            Exit codes: 0 done, 1 could not start, 2 wrong usage; 130 and 143 when stopped by Ctrl-C and SIGTERM.
            """;

    /** @throws UsageException when an argument is not known */
    static CommandLine parse(String... args) {
        List<String> volumes = new ArrayList<>();
        Map<String, String> options = new TreeMap<>();
        int start = args.length > 0 && args[0].equals("server") ? 1 : 0;
        for (int i = start; i < args.length; i++) {
            String arg = args[i];
            switch (arg) {
                case "-h", "--help", "help" -> {
                    return new Help();
                }
                case "-V", "--version", "version" -> {
                    return new Version();
                }
                case "--json" -> options.put(Settings.LOG_JSON, "true");
                default -> i += argument(args, i, volumes, options);
            }
        }
        return new Server(List.copyOf(volumes), options);
    }

    /** Takes one argument, and its value if it has one; returns how many more arguments were used. */
    private static int argument(String[] args, int at, List<String> volumes, Map<String, String> options) {
        String arg = args[at];
        if (!arg.startsWith("-")) {
            if (at == 0 && !looksLikeVolume(arg)) {
                throw new UsageException(
                        "unknown command '" + arg + "'. If it is a volume, write ./" + arg + "; see kintsugi --help");
            }
            volumes.add(arg);
            return 0;
        }
        int equals = arg.indexOf('=');
        String name = equals < 0 ? arg : arg.substring(0, equals);
        String property = switch (name) {
            case "--address" -> Settings.ADDRESS;
            case "--console-address" -> Settings.CONSOLE_ADDRESS;
            case "--management-address" -> Settings.MANAGEMENT_ADDRESS;
            default -> throw new UsageException("unknown option '" + name + "'; see kintsugi --help");
        };
        if (equals < 0 && at + 1 == args.length) {
            throw new UsageException("option " + name + " needs a value, as in " + name + " :9000");
        }
        options.put(property, equals < 0 ? args[at + 1] : arg.substring(equals + 1));
        return equals < 0 ? 1 : 0;
    }

    private static boolean looksLikeVolume(String arg) {
        return arg.indexOf('/') >= 0 || arg.startsWith(".") || arg.indexOf('{') >= 0;
    }
}
