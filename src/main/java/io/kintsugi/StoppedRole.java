package io.kintsugi;

import io.kintsugi.base.StoreException;
import io.kintsugi.cluster.DrainRequest;
import io.kintsugi.cluster.TopologyException;
import io.kintsugi.cluster.VolumeExpression;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.DriveResources;
import io.kintsugi.rescue.CatalogRebuild;
import io.kintsugi.rescue.StoreCheck;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.ToIntFunction;

/** The commands for a store that is not running. They need nothing of Quarkus, and listen nowhere. */
final class StoppedRole {
    /** Nothing was done, or nothing can be told. */
    static final int NOT_DONE = 3;

    private static final System.Logger LOG = System.getLogger(StoppedRole.class.getName());
    private static final int LOST = 2;
    /** Of a check. */
    private static final int MENDABLE = 1;
    /** Of a rebuild: the catalog is good. */
    private static final int NOT_NEEDED = 1;

    private static final int WELL = 0;
    private static final long CACHE_BYTES = 32L << 20;
    private static final long WRITE_BUFFER_BYTES = 64L << 20;

    private StoppedRole() {}

    static boolean isCommand(String word) {
        return word.equals(CommandLine.CHECK) || word.equals(CommandLine.REBUILD);
    }

    static int rebuild(CommandLine.Rebuild command) {
        List<List<Path>> folders = folders(command.volumes());
        DrainRequest drain = drain(command.options());
        return guarded(resources -> {
            CatalogRebuild.Order order =
                    new CatalogRebuild.Order(folders, drain, command.dryRun(), command.force(), Terminal::print);
            return switch (new CatalogRebuild(order, resources).run()) {
                case DONE -> WELL;
                case NOT_NEEDED -> NOT_NEEDED;
                case DONE_WITH_LOSSES -> LOST;
            };
        });
    }

    static int check(CommandLine.Check command) {
        List<List<Path>> folders = folders(command.volumes());
        return guarded(resources -> {
            StoreCheck.Order order = new StoreCheck.Order(folders, command.deep(), Terminal::print);
            return switch (new StoreCheck(order, resources).run()) {
                case CLEAN -> WELL;
                case MENDABLE -> MENDABLE;
                case LOST -> LOST;
                case UNKNOWN -> NOT_DONE;
            };
        });
    }

    private static List<List<Path>> folders(List<String> volumes) {
        try {
            return VolumeExpression.parse(Settings.volumes(volumes, Environment.ofProcess()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static DrainRequest drain(Map<String, String> options) {
        try {
            return DrainRequest.parse(Settings.drain(options, Environment.ofProcess()));
        } catch (IllegalArgumentException e) {
            throw new UsageException("KINTSUGI_DRAIN: " + e.getMessage());
        }
    }

    /** Whatever fails, the exit code does not say that all is well, or that nothing is lost. */
    static int guarded(ToIntFunction<DriveResources> work) {
        try (DriveResources resources = new DriveResources(CACHE_BYTES, WRITE_BUFFER_BYTES)) {
            return work.applyAsInt(resources);
        } catch (TopologyException | StoreException | DriveException | UncheckedIOException e) {
            Terminal.complain("not done: " + e.getMessage());
            return NOT_DONE;
        } catch (RuntimeException | Error e) {
            Terminal.complain("not done, by an unexpected failure: " + cause(e));
            LOG.log(System.Logger.Level.ERROR, "an unexpected failure", e);
            return NOT_DONE;
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
