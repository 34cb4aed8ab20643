package io.kintsugi;

import io.kintsugi.admin.StoreMetrics;
import io.kintsugi.admin.StoreState;
import io.kintsugi.base.StoreException;
import io.kintsugi.cluster.TopologyException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The store: opened, served until the process is told to stop, drained and closed in order. */
public final class ServerRole implements QuarkusApplication {
    private static final System.Logger LOG = System.getLogger("io.kintsugi");

    private final Vertx vertx;
    private final StoreState state;
    private final StoreMetrics metrics;

    public ServerRole(Vertx vertx, StoreState state, StoreMetrics metrics) {
        this.vertx = vertx;
        this.state = state;
        this.metrics = metrics;
    }

    @Override
    public int run(String... args) {
        Settings settings = Settings.read((CommandLine.Server) CommandLine.parse(args), Environment.ofProcess());
        try (Store store = Store.open(settings, vertx)) {
            metrics.register(store.rooms());
            state.serving(store.rooms());
            Banner.show(settings, store);
            Quarkus.waitForExit();
            state.stopping();
            LOG.log(System.Logger.Level.INFO, "Stopping: requests under way are finished first");
        } catch (TopologyException | StoreException | IOException | UncheckedIOException | IllegalArgumentException e) {
            Terminal.complain("can't start: " + e.getMessage());
            return Main.FAILED;
        }
        LOG.log(System.Logger.Level.INFO, "Stopped");
        return Main.OK;
    }
}
