package io.kintsugi;

import io.kintsugi.admin.WireFigure;
import io.kintsugi.s3.Counted;
import io.kintsugi.s3.Counted.ByStatus;
import io.kintsugi.s3.S3Operation;
import io.kintsugi.s3.S3Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What the S3 server has counted, as the metrics want it. */
final class WireFigures {
    private static final String REQUESTS = "kintsugi.s3.requests";
    private static final Map<String, ToLongFunction<ByStatus>> CLASSES = Map.of(
            "2xx", ByStatus::success,
            "3xx", ByStatus::redirection,
            "4xx", ByStatus::clientError,
            "5xx", ByStatus::serverError,
            "aborted", ByStatus::aborted);

    private WireFigures() {}

    static List<WireFigure> of(S3Server server) {
        List<WireFigure> figures = new ArrayList<>();
        for (S3Operation operation : server.operations()) {
            requests(
                    figures,
                    operation.awsName(),
                    server,
                    counted -> counted.requests().get(operation));
        }
        requests(figures, "other", server, counted -> others(server, counted));
        figures.add(figure("kintsugi.s3.received.bytes", "Bytes of request bodies", true, server, Counted::bytesIn));
        figures.add(figure("kintsugi.s3.sent.bytes", "Bytes of response bodies", true, server, Counted::bytesOut));
        figures.add(figure("kintsugi.s3.requests.active", "Requests under way", false, server, Counted::inFlight));
        figures.add(figure("kintsugi.s3.connections", "Open connections", false, server, Counted::connections));
        documents(figures, server);
        reads(figures, server);
        return figures;
    }

    private static void documents(List<WireFigure> figures, S3Server server) {
        String name = "kintsugi.s3.documents.";
        figures.add(figure(
                name + "max.bytes",
                "Bound of the memory of XML bodies, listings and answers",
                false,
                server,
                counted -> counted.documents().maxBytes()));
        figures.add(figure(
                name + "bytes",
                "Of that, what requests hold",
                false,
                server,
                counted -> counted.documents().bytes()));
        figures.add(figure(
                name + "waiting",
                "Requests that wait for such memory",
                false,
                server,
                counted -> counted.documents().waiting()));
        figures.add(figure(
                name + "refused",
                "Requests that waited for it in vain",
                true,
                server,
                counted -> counted.documents().refused()));
        figures.add(figure(
                name + "cut",
                "Clients that were cut off, too slow while others waited for it",
                true,
                server,
                counted -> counted.documents().cutOff()));
    }

    private static void reads(List<WireFigure> figures, S3Server server) {
        String name = "kintsugi.s3.reads.";
        figures.add(figure(
                name + "max.bytes",
                "Bound of what reads of objects of many parts keep in mind until they are sent",
                false,
                server,
                counted -> counted.reads().maxBytes()));
        figures.add(figure(
                name + "bytes",
                "Of that, what they keep now",
                false,
                server,
                counted -> counted.reads().bytes()));
        figures.add(figure(
                name + "waiting",
                "Reads that wait for such memory",
                false,
                server,
                counted -> counted.reads().waiting()));
        figures.add(figure(
                name + "refused",
                "Reads that waited for it in vain",
                true,
                server,
                counted -> counted.reads().refused()));
    }

    /** Operations that are not implemented, and requests that are none at all. */
    private static ByStatus others(S3Server server, Counted counted) {
        ByStatus sum = counted.unknownRequests();
        for (S3Operation operation : S3Operation.values()) {
            if (!server.operations().contains(operation)) {
                sum = sum.plus(counted.requests().get(operation));
            }
        }
        return sum;
    }

    private static void requests(
            List<WireFigure> figures, String operation, S3Server server, Function<Counted, ByStatus> of) {
        CLASSES.forEach((status, count) -> figures.add(new WireFigure(
                REQUESTS,
                "Requests that were answered",
                Map.of("operation", operation, "status", status),
                true,
                () -> count.applyAsLong(of.apply(server.counted())))));
    }

    private static WireFigure figure(
            String name, String description, boolean counter, S3Server server, ToDoubleFunction<Counted> value) {
        return new WireFigure(name, description, Map.of(), counter, () -> value.applyAsDouble(server.counted()));
    }
}
