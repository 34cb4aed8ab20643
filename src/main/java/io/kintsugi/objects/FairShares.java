package io.kintsugi.objects;

/** Divides a sum in proportion to weights, where nobody may have more than a limit. A pure function. */
final class FairShares {
    private FairShares() {}

    /**
     * @param weights 0 or more, not all 0
     * @return the shares, whose sum is {@code sum}, or as much of it as the limits allow; rounded down
     */
    static long[] of(long sum, long[] weights, long limit) {
        long[] shares = new long[weights.length];
        boolean[] full = new boolean[weights.length];
        double left = sum;
        boolean again = true;
        while (again) {
            again = false;
            double weight = 0;
            for (int i = 0; i < weights.length; i++) {
                weight += full[i] ? 0 : weights[i];
            }
            for (int i = 0; i < weights.length && weight > 0; i++) {
                if (!full[i] && left * weights[i] / weight >= limit) {
                    full[i] = true;
                    shares[i] = limit;
                    left -= limit;
                    again = true;
                    break;
                }
            }
            for (int i = 0; i < weights.length && !again && weight > 0; i++) {
                shares[i] = full[i] ? shares[i] : (long) (left * weights[i] / weight);
            }
        }
        return shares;
    }
}
