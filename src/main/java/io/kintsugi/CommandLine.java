package io.kintsugi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the arguments ask for. */
sealed interface CommandLine {
    /** Run the store. @param options property names and values, which come before those of the environment */
    record Server(List<String> volumes, Map<String, String> options) implements CommandLine {}

    /** Make the catalog of a stopped store again. @param options as of the server @param force also a good one */
    record Rebuild(List<String> volumes, Map<String, String> options, boolean dryRun, boolean force)
            implements CommandLine {}

    /** Look over a stopped store. @param deep read every byte */
    record Check(List<String> volumes, boolean deep) implements CommandLine {}

    record Help() implements CommandLine {}

    record Version() implements CommandLine {}

    String CHECK = "check";
    String REBUILD = "rebuild-catalog";

    String USAGE = """
            Usage: kintsugi [server] [OPTIONS] [VOLUME...]
                   kintsugi check [--deep] [VOLUME...]
                   kintsugi rebuild-catalog [--dry-run] [--force] [--drain DRIVE[,DRIVE...]] [VOLUME...]

            Runs an S3-compatible, erasure-coded object store on the drives that the volumes name. The other two
            are for a store that is stopped: check looks it over and changes nothing (--deep reads every byte);
            rebuild-catalog makes the catalog again when all of its replicas are lost.

              VOLUME                     a drive's directory; {1...4} stands for four of them. Several words
                                         with ellipses are several pools. Default: ./data/drive{1...4}

            Options:
              --address HOST:PORT             S3 (default :9000)
              --console-address HOST:PORT     console and admin API (default :9001)
              --management-address HOST:PORT  health and metrics (default :9002)
              --drain DRIVE[,DRIVE...]        drives (or pools) that are to be emptied, as in /data/disk{5...6}
              --json                          log lines as JSON
              -h, --help                      this text
              -V, --version                   the version

            Environment (each also as a system property, as in -Dkintsugi.volumes=...):
              KINTSUGI_VOLUMES                     as VOLUME
              KINTSUGI_ROOT_USER                   access key of the administrator, 3 characters or more
              KINTSUGI_ROOT_PASSWORD               its secret key, 8 characters or more
              KINTSUGI_ADDRESS, KINTSUGI_CONSOLE_ADDRESS, KINTSUGI_MANAGEMENT_ADDRESS
              KINTSUGI_DRAIN                       as --drain; takes no new data, and moves what is there elsewhere
              KINTSUGI_STORAGE_CLASS_STANDARD      EC:m keeps m parity shards of each object; EC:k+m says data, too
              KINTSUGI_HEAL_AFTER                  a drive that is away for longer is rebuilt on others (30m; off)
              KINTSUGI_SCRUB_PERIOD                time in which all that is stored is verified once (30d; off)
              KINTSUGI_BACKGROUND_SHARE            percent of the time for background work beside clients (25)
              KINTSUGI_REGION                      region that clients sign for (default us-east-1)
              KINTSUGI_DOMAIN                      domains for bucket.domain addressing, separated by commas
              KINTSUGI_MAX_OBJECT_SIZE             bytes; K, M, G, T and KiB, MiB... are understood
              KINTSUGI_LOG_JSON                    true for JSON log lines
            The common MINIO_* and RUSTFS_* names of these settings are understood.

            Exit codes: 0 done, 1 could not start, 2 wrong usage; 130 and 143 when stopped by Ctrl-C and SIGTERM.
            check: 0 all is well, 1 something is to be mended and nothing is lost, 2 data are lost, 3 can't tell.
            rebuild-catalog: 0 done, 1 not needed, 2 done and something is lost (it is listed), 3 not done.
            """;

    /** @throws UsageException when an argument is not known */
    static CommandLine parse(String... args) {
        if (args.length > 0 && (args[0].equals(CHECK) || args[0].equals(REBUILD))) {
            return stopped(args);
        }
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

    private static CommandLine stopped(String... args) {
        List<String> volumes = new ArrayList<>();
        Map<String, String> options = new TreeMap<>();
        Set<String> flags = new TreeSet<>();
        Set<String> known = args[0].equals(CHECK) ? Set.of("--deep") : Set.of("--dry-run", "--force");
        for (int i = 1; i < args.length; i++) {
            String arg = args[i];
            if (arg.equals("-h") || arg.equals("--help")) {
                return new Help();
            }
            boolean drain = args[0].equals(REBUILD) && (arg.equals("--drain") || arg.startsWith("--drain="));
            if (drain || !arg.startsWith("-")) {
                i += argument(args, i, volumes, options);
            } else if (known.contains(arg)) {
                flags.add(arg);
            } else {
                throw new UsageException("unknown option '" + arg + "' of " + args[0] + "; see kintsugi --help");
            }
        }
        return args[0].equals(CHECK)
                ? new Check(List.copyOf(volumes), flags.contains("--deep"))
                : new Rebuild(List.copyOf(volumes), options, flags.contains("--dry-run"), flags.contains("--force"));
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
            case "--drain" -> Settings.DRAIN;
            default -> throw new UsageException("unknown option '" + name + "'; see kintsugi --help");
        };
        if (equals < 0 && at + 1 == args.length) {
            String value = property.equals(Settings.DRAIN) ? " /data/disk{5...6}" : " :9000";
            throw new UsageException("option " + name + " needs a value, as in " + name + value);
        }
        options.put(property, equals < 0 ? args[at + 1] : arg.substring(equals + 1));
        return equals < 0 ? 1 : 0;
    }

    private static boolean looksLikeVolume(String arg) {
        return arg.indexOf('/') >= 0 || arg.startsWith(".") || arg.indexOf('{') >= 0;
    }
}
