package io.kintsugi.s3;

/**
 * What the server says about itself in answers.
 *
 * @param region the one region of all buckets
 * @param owner the canonical id of the one account that owns everything: 64 hexadecimal digits
 * @param ownerName its display name
 */
public record Site(String region, String owner, String ownerName) {
    static final String DEFAULT_REGION = "us-east-1";

    /** SHA-256 of {@code kintsugi}: the same in each deployment, as the account has no other identity. */
    private static final String OWNER = "eb777bd61e47f0f6606020bcafa6f6840b50cb338876e8baf678854880b1eb5b";

    public static Site of(String region) {
        return new Site(region, OWNER, "kintsugi");
    }

    /** Whether buckets are where AWS's first region is: there some answers differ. */
    boolean isDefaultRegion() {
        return region.equals(DEFAULT_REGION);
    }

    /** {@code Owner} or {@code Initiator}. */
    void writeOwner(String element, XmlWriter xml) {
        xml.open(element).element("ID", owner).element("DisplayName", ownerName).close();
    }
}
