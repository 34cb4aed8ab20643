package io.kintsugi;

import io.kintsugi.admin.StoreMetrics;
import io.kintsugi.admin.StoreState;
import io.kintsugi.base.StoreException;
import io.kintsugi.cluster.TopologyException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * The store: opened, served until the process is told to stop, drained and closed in order. It is closed while Quarkus
 * shuts down, which waits for that; it does not wait for {@link #run} to return.
 */
@Singleton
public final class ServerRole implements QuarkusApplication {
    private static final System.Logger LOG = System.getLogger("io.kintsugi");

    private final Vertx vertx;
    private final StoreState state;
    private final StoreMetrics metrics;
    private Optional<Store> running = Optional.empty();

    ServerRole(Vertx vertx, StoreState state, StoreMetrics metrics) {
        this.vertx = vertx;
        this.state = state;
        this.metrics = metrics;
    }

    @Override
    public int run(String... args) {
        Settings settings = Settings.read((CommandLine.Server) CommandLine.parse(args), Environment.ofProcess());
        try {
            start(settings);
        } catch (TopologyException | StoreException | IOException | UncheckedIOException | IllegalArgumentException e) {
            Terminal.complain("can't start: " + e.getMessage());
            return Main.FAILED;
        }
        Quarkus.waitForExit();
        return Main.OK;
    }

    private synchronized void start(Settings settings) throws IOException {
        Store store = Store.open(settings, vertx);
        running = Optional.of(store);
        metrics.register(store.rooms());
        state.serving(store.rooms());
        Banner.show(settings, store);
    }

    synchronized void stop(@Observes ShutdownEvent event) {
        state.stopping();
        running.ifPresent(store -> {
            LOG.log(System.Logger.Level.INFO, "Stopping: requests under way are finished first");
            store.close();
            LOG.log(System.Logger.Level.INFO, "Stopped");
        });
        running = Optional.empty();
    }
}
