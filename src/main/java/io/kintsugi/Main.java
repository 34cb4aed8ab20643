package io.kintsugi;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The entry point: reads the command line, and starts the role that it names. Exit codes are those of
 * {@link CommandLine#USAGE}.
 */
@QuarkusMain
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private Main() {}

    public static void main(String[] args) {
        try {
            switch (CommandLine.parse(args)) {
                case CommandLine.Help() -> Terminal.print(CommandLine.USAGE.stripTrailing());
                case CommandLine.Version() -> Terminal.print("kintsugi " + version());
                case CommandLine.Rebuild rebuild -> System.exit(StoppedRole.rebuild(rebuild));
                case CommandLine.Check check -> System.exit(StoppedRole.check(check));
                case CommandLine.Server server -> serve(server, args);
            }
        } catch (UsageException e) {
            Terminal.complain(e.getMessage());
            boolean stopped = args.length > 0 && StoppedRole.isCommand(args[0]);
            System.exit(stopped ? StoppedRole.NOT_DONE : WRONG_USAGE);
        }
    }

    /** What only Quarkus can be told is told before it starts; the rest is read again in {@link ServerRole}. */
    private static void serve(CommandLine.Server command, String... args) {
        Settings settings = Settings.read(command, Environment.ofProcess());
        Store.prepare();
        Settings.Addresses addresses = settings.addresses();
        System.setProperty("quarkus.http.host", addresses.console().host());
        System.setProperty(
                "quarkus.http.port", Integer.toString(addresses.console().port()));
        System.setProperty("quarkus.management.host", addresses.management().host());
        System.setProperty(
                "quarkus.management.port",
                Integer.toString(addresses.management().port()));
        System.setProperty("quarkus.log.console.json.enabled", Boolean.toString(settings.logJson()));
        Quarkus.run(ServerRole.class, args);
    }

    /** Of this build, which has written it down: before Quarkus runs there is no configuration that could be asked. */
    static String version() {
        try (InputStream text = Main.class.getResourceAsStream("version")) {
            return new String(text.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the version can't be read from the program itself", e);
        }
    }
}
