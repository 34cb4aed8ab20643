package io.kintsugi.admin;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * On the ports of the console, and of health and metrics, a connection is closed behind its first answer. Vert.x keeps
 * what a client has sent behind a request, parsed and without a bound: a single connection that sent requests and read
 * nothing filled the heap, of which the process ended (decision 0035). Who asks there asks now and then, and opens a
 * connection for it.
 */
@ApplicationScoped
public class ShortConnections {
    /** Before all that answers. */
    private static final int FIRST = Integer.MIN_VALUE;

    void console(@Observes Router router) {
        closeBehindAnswers(router);
    }

    void management(@Observes ManagementInterface management) {
        closeBehindAnswers(management.router());
    }

    private static void closeBehindAnswers(Router router) {
        router.route().order(FIRST).handler(ShortConnections::closeBehindAnswer);
    }

    private static void closeBehindAnswer(RoutingContext exchange) {
        exchange.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        exchange.addEndHandler(end -> exchange.request().connection().close());
        exchange.next();
    }
}
