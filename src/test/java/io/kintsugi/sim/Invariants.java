package io.kintsugi.sim;

import io.kintsugi.sim.Step.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The invariants that a history shows, each by what of it must be explained by some order of the requests
 * ({@link Linearizer}): all that may change a key, and the answers that the invariant is about.
 */
enum Invariants {
    /** What was acknowledged is there in the end, after everything that happened. */
    ACKNOWLEDGED_IS_DURABLE("AcknowledgedIsDurable", step -> step.who().startsWith(Invariants.LAST)),
    READ_AFTER_WRITE("ReadAfterWrite", step -> !listed(step) && step.result() instanceof Step.Saw),
    LIST_AFTER_WRITE("ListAfterWrite", Invariants::listed),
    /** Everything, the refusals of conditions among it. */
    CONDITIONAL_WRITES_ARE_LINEARIZABLE("ConditionalWritesAreLinearizable", step -> true);

    /** How readers are named that read when all is over. */
    static final String LAST = "last";

    private final String title;
    private final Predicate<Step> about;

    Invariants(String title, Predicate<Step> about) {
        this.title = title;
        this.about = about;
    }

    private static boolean listed(Step step) {
        return step.result() instanceof Step.SawAll || step.action() instanceof Step.Read(boolean listed) && listed;
    }

    private boolean concerns(Step step) {
        boolean mayHaveChanged = step.action().changes() && !(step.result() instanceof Step.Refused);
        return mayHaveChanged || about.test(step);
    }

    /** @throws Violation that names each that does not hold */
    static void checkAll(History history) {
        List<String> broken = new ArrayList<>();
        for (Invariants invariant : values()) {
            Map<Key, List<Step>> all = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
            all.putAll(history.byKey(invariant::concerns));
            all.forEach((key, steps) -> {
                KeyModel model = new KeyModel(Knowledge.BUCKETS.get(key.bucket()), history.etags());
                Optional<String> found = Linearizer.contradiction(model, steps);
                found.ifPresent(what -> broken.add(invariant.title + ": " + what));
            });
        }
        if (!broken.isEmpty()) {
            throw new Violation("history", String.join("\n", broken));
        }
    }
}
