package io.kintsugi.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.Bucket.Versioning;
import io.kintsugi.sim.Step.Absent;
import io.kintsugi.sim.Step.Delete;
import io.kintsugi.sim.Step.Done;
import io.kintsugi.sim.Step.Key;
import io.kintsugi.sim.Step.Match;
import io.kintsugi.sim.Step.None;
import io.kintsugi.sim.Step.Put;
import io.kintsugi.sim.Step.Read;
import io.kintsugi.sim.Step.ReadAll;
import io.kintsugi.sim.Step.Refused;
import io.kintsugi.sim.Step.Result;
import io.kintsugi.sim.Step.Saw;
import io.kintsugi.sim.Step.SawAll;
import io.kintsugi.sim.Step.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinearizerTest {
    private static final Key KEY = new Key("b", "k");
    private static final Map<Integer, String> TAGS = Map.of(1, "one", 2, "two", 3, "three");

    private final List<Step> steps = new ArrayList<>();

    private void step(long from, long to, Step.Action action, Result result) {
        steps.add(new Step(steps.size() + 1, "who", KEY, from, to, action, result));
    }

    private void put(long from, long to, int write) {
        step(from, to, new Put(write, TAGS.get(write), new None()), new Done());
    }

    private void saw(long from, long to, Integer... write) {
        step(from, to, new Read(false), new Saw(List.of(write).stream().findFirst()));
    }

    private void explained(boolean wanted, Versioning versioning) {
        Optional<String> found = Linearizer.contradiction(new KeyModel(versioning, TAGS), steps);
        assertEquals(wanted, found.isEmpty(), found::toString);
    }

    @Test
    void aReadSeesTheLastWrite() {
        put(1, 2, 1);
        put(3, 4, 2);
        saw(5, 6, 2);
        explained(true, Versioning.OFF);
        saw(7, 8, 1);
        explained(false, Versioning.OFF);
    }

    @Test
    void whatGoesOnAtTheSameTimeMayBeInAnyOrder() {
        put(1, 10, 1);
        put(2, 9, 2);
        saw(3, 4, 2);
        saw(11, 12, 1);
        explained(true, Versioning.OFF);
        saw(13, 14, 2);
        explained(false, Versioning.OFF);
    }

    @Test
    void onceSeenItStays() {
        put(1, 100, 1);
        saw(2, 3, 1);
        saw(4, 5);
        explained(false, Versioning.OFF);
    }

    @Test
    void anUnknownWriteMayHappenUntilItEndsOrNever() {
        put(1, 2, 1);
        step(3, 20, new Put(2, "two", new None()), new Unknown("killed"));
        saw(4, 5, 1);
        explained(true, Versioning.OFF);
        saw(21, 22, 2);
        explained(true, Versioning.OFF);
        saw(23, 24, 1);
        explained(false, Versioning.OFF);
    }

    @Test
    void whatWasNotSeenBeforeTheEndOfAProcessDoesNotHappenLater() {
        step(1, 5, new Put(1, "one", new None()), new Unknown("killed"));
        saw(6, 7);
        saw(8, 9, 1);
        explained(false, Versioning.OFF);
    }

    @Test
    void ofTwoConditionalWritersOneWins() {
        step(1, 10, new Put(1, "one", new Absent()), new Done());
        step(2, 9, new Put(2, "two", new Absent()), new Refused(false));
        explained(true, Versioning.OFF);
        step(3, 8, new Put(3, "three", new Absent()), new Done());
        explained(false, Versioning.OFF);
    }

    @Test
    void aRefusalNeedsAReason() {
        put(1, 2, 1);
        step(3, 4, new Put(2, "two", new Match("one")), new Refused(false));
        explained(false, Versioning.OFF);
    }

    @Test
    void versionsStackUpAndTheNullVersionIsReplaced() {
        put(1, 2, 1);
        put(3, 4, 2);
        step(5, 6, new Delete(3, new None()), new Done());
        step(7, 8, new ReadAll(), new SawAll(List.of(Optional.empty(), Optional.of(2), Optional.of(1))));
        explained(true, Versioning.ENABLED);
        explained(false, Versioning.SUSPENDED);
        steps.removeLast();
        step(7, 8, new ReadAll(), new SawAll(List.of(Optional.empty())));
        explained(true, Versioning.SUSPENDED);
    }
}
