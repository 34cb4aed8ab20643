package io.kintsugi.sim.engine;

/** Prints the hash of some runs: {@code SimDigest SCENARIO FIRST_SEED COUNT}. For a virtual machine of its own. */
public final class SimDigest {
    private SimDigest() {}

    /** One line, the hashes in order. */
    static String of(String scenario, long first, int count) {
        StringBuilder hashes = new StringBuilder();
        for (long seed = first; seed < first + count; seed++) {
            SimReport report = SimEngine.run(seed, scenario, SimOptions.DEFAULT).orThrow();
            hashes.append(Long.toHexString(report.historyHash())).append(' ');
        }
        return hashes.toString().trim();
    }

    public static void main(String[] args) {
        System.out.println(of(args[0], Long.parseLong(args[1]), Integer.parseInt(args[2])));
    }
}
