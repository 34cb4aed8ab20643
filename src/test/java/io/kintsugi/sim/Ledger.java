package io.kintsugi.sim;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.drives.ShardName;
import io.kintsugi.sim.engine.OneStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What every drive was asked to keep, and what the catalog refers to: what is on the drives is held against both. */
@OneStep
final class Ledger {
    private static final int PAGE = 100;

    private final SimTopology topology;
    private final SimHost host;
    private final List<Map<ShardName, byte[]>> intended = new ArrayList<>();

    Ledger(SimTopology topology, SimHost host) {
        this.topology = topology;
        this.host = host;
        for (SimDrive drive : topology.sims()) {
            watch(drive);
        }
    }

    private void watch(SimDrive drive) {
        Map<ShardName, byte[]> shards = new HashMap<>();
        intended.add(shards);
        drive.witness(shards::put);
    }

    /** The topology has more drives. */
    void added() {
        while (intended.size() < topology.sims().size()) {
            watch(topology.sim(intended.size()));
        }
    }

    SimTopology topology() {
        return topology;
    }

    /** All blobs that are referred to, as the store itself says. */
    List<BlobPage.Entry> referred() {
        return host.ask(open -> {
            List<BlobPage.Entry> all = new ArrayList<>();
            Optional<String> after = Optional.empty();
            do {
                BlobPage page = open.catalog().blobs(after, PAGE);
                all.addAll(page.entries());
                after = page.next();
            } while (after.isPresent());
            return all;
        });
    }

    /** Of these blobs, the shards that should be on this drive and are not, or are wrong. */
    List<String> wrong(int drive, List<BlobPage.Entry> entries) {
        List<String> wrong = new ArrayList<>();
        for (BlobPage.Entry entry : entries) {
            BlobRef blob = entry.blob();
            int index = blob.placement().indexOf(topology.sim(drive).id());
            if (index >= 0) {
                ShardName name = new ShardName(blob.id(), index);
                Optional<byte[]> there = topology.sim(drive).bytesOf(name, blob.form());
                byte[] wanted = intended.get(drive).get(name);
                if (there.isEmpty() || !Arrays.equals(there.get(), wanted)) {
                    wrong.add("shard " + name + (there.isEmpty() ? " is missing" : " is wrong") + " on drive " + drive);
                }
            }
        }
        return wrong;
    }

    /** Damages the shard of this blob on this drive, if it has one there. */
    boolean rot(int drive, BlobRef blob) {
        SimDrive sim = topology.sim(drive);
        ShardName name = new ShardName(blob.id(), Math.max(0, blob.placement().indexOf(sim.id())));
        Optional<byte[]> bytes =
                blob.placement().contains(sim.id()) ? sim.bytesOf(name, blob.form()) : Optional.empty();
        bytes.ifPresent(there -> sim.corrupt(name, blob.form(), there.length / 2));
        return bytes.isPresent();
    }

    /** Shards that lie on the drives as they were written, and no blob that is referred to has there. */
    List<String> unreferred(List<BlobPage.Entry> entries) {
        Set<String> wanted = new HashSet<>();
        for (BlobPage.Entry entry : entries) {
            BlobRef blob = entry.blob();
            for (int i = 0; i < blob.placement().size(); i++) {
                wanted.add(place(blob.placement().get(i).toString(), new ShardName(blob.id(), i), blob.form()));
            }
        }
        List<String> rest = new ArrayList<>();
        for (int drive = 0; drive < topology.sims().size(); drive++) {
            if (!topology.isMember(drive)) {
                continue;
            }
            SimDrive sim = topology.sim(drive);
            for (Form form : List.of(Form.PACKED, Form.FILES)) {
                for (ShardName name : sim.shards(form)) {
                    // what was damaged can't be told from what another release wrote, and is left to people
                    boolean whole = Arrays.equals(
                            sim.bytesOf(name, form).orElse(null),
                            intended.get(drive).get(name));
                    String place = place(sim.id().toString(), name, form);
                    if (whole && !wanted.contains(place)) {
                        rest.add(place);
                    }
                }
            }
        }
        return rest;
    }

    private static String place(String drive, ShardName name, Form form) {
        return form + " shard " + name + " on drive " + drive;
    }
}
