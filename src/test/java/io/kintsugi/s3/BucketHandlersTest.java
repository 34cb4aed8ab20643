package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.StoreException;
import io.kintsugi.s3.FakeExchange.Given;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BucketHandlersTest {
    private static final Site HOME = Site.of("us-east-1");
    private static final Site ABROAD = Site.of("eu-west-1");
    private static final Bucket ONE = new Bucket(new BucketName("one"), FakeStore.WHEN, Bucket.Versioning.OFF);
    private static final Bucket TWO = new Bucket(new BucketName("two"), FakeStore.WHEN, Bucket.Versioning.ENABLED);
    private static final String NAMESPACE = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    private static final String OWNER =
            "<Owner><ID>" + HOME.owner() + "</ID><DisplayName>kintsugi</DisplayName></Owner>";
    private static final StoreException EXISTS =
            new StoreException.Conflict(StoreException.Conflict.Kind.BUCKET_EXISTS, "exists");

    @Test
    void listsBuckets() {
        FakeStore store = FakeStore.answering(List.of(ONE, TWO));
        FakeExchange answer = Given.of("/").to(new ListBucketsHandler(store, HOME));
        assertEquals(
                "<ListAllMyBucketsResult" + NAMESPACE + ">" + OWNER
                        + "<Buckets>"
                        + "<Bucket><Name>one</Name><CreationDate>2026-03-04T05:06:07.089Z</CreationDate></Bucket>"
                        + "<Bucket><Name>two</Name><CreationDate>2026-03-04T05:06:07.089Z</CreationDate></Bucket>"
                        + "</Buckets></ListAllMyBucketsResult>",
                answer.xml());
        assertEquals("||10000", store.asked(String.class));
    }

    @Test
    void listsAPageOfBuckets() {
        FakeStore store = FakeStore.answering(List.of(ONE), List.of(TWO));
        FakeExchange answer =
                Given.of("/").query("max-buckets", "1").query("prefix", "o").to(new ListBucketsHandler(store, HOME));
        String token = ContinuationToken.ofKey("one");
        assertEquals(
                "<ListAllMyBucketsResult" + NAMESPACE + ">" + OWNER
                        + "<Buckets><Bucket><Name>one</Name><CreationDate>2026-03-04T05:06:07.089Z</CreationDate>"
                        + "<BucketRegion>us-east-1</BucketRegion></Bucket></Buckets><ContinuationToken>" + token
                        + "</ContinuationToken><Prefix>o</Prefix></ListAllMyBucketsResult>",
                answer.xml());

        FakeStore next = FakeStore.answering(List.of());
        Given.of("/").query("continuation-token", token).to(new ListBucketsHandler(next, HOME));
        assertEquals("|one|10000", next.asked(String.class));
    }

    @Test
    void bucketsOfOtherRegionsAreNone() {
        FakeStore store = FakeStore.answering();
        String xml = Given.of("/")
                .query("bucket-region", "mars-1")
                .to(new ListBucketsHandler(store, HOME))
                .xml();
        assertEquals(
                "<ListAllMyBucketsResult" + NAMESPACE + ">" + OWNER + "<Buckets></Buckets></ListAllMyBucketsResult>",
                xml);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many"})
    void wrongNumbersOfBuckets(String number) {
        var handler = new ListBucketsHandler(FakeStore.answering(), HOME);
        Given given = Given.of("/").query("max-buckets", number);
        assertEquals(
                S3Error.INVALID_ARGUMENT,
                assertThrows(S3Exception.class, () -> given.to(handler)).error());
    }

    @Test
    void createsABucket() {
        FakeStore store = FakeStore.answering(ONE);
        FakeExchange answer = Given.of("/one").to(new CreateBucketHandler(store, ABROAD));
        assertEquals("200\nLocation: /one\n", answer.head());
        assertEquals(new BucketName("one"), store.asked(BucketName.class));
    }

    @ParameterizedTest
    @CsvSource({
        "us-east-1, us-east-1, ",
        "us-east-1, '', ",
        "us-east-1, eu-west-1, INVALID_LOCATION_CONSTRAINT",
        "eu-west-1, eu-west-1, ",
        "eu-west-1, us-east-2, ILLEGAL_LOCATION_CONSTRAINT"
    })
    void bucketsAreHere(String region, String constraint, S3Error refusal) {
        var handler = new CreateBucketHandler(FakeStore.answering(ONE), Site.of(region));
        Given given = Given.of("/one")
                .body("<CreateBucketConfiguration" + NAMESPACE + "><LocationConstraint>" + constraint
                        + "</LocationConstraint></CreateBucketConfiguration>");
        if (refusal == null) {
            assertEquals(200, given.to(handler).status());
        } else {
            assertEquals(
                    refusal,
                    assertThrows(S3Exception.class, () -> given.to(handler)).error());
        }
    }

    @Test
    void aBucketThatExistsIsFineInTheFirstRegionOnly() {
        assertEquals(
                200,
                Given.of("/one")
                        .to(new CreateBucketHandler(FakeStore.answering(EXISTS), HOME))
                        .status());
        var abroad = new CreateBucketHandler(FakeStore.answering(EXISTS), ABROAD);
        assertThrows(StoreException.Conflict.class, () -> Given.of("/one").to(abroad));
    }

    @Test
    void whatABucketCannotHaveIsRefused() {
        var handler = new CreateBucketHandler(FakeStore.answering(), HOME);
        for (Given given : List.of(
                Given.of("/one").header("x-amz-bucket-object-lock-enabled", "true"),
                Given.of("/one").header("x-amz-acl", "public-read"),
                Given.of("/one").header("x-amz-object-ownership", "ObjectWriter"),
                Given.of("/one").body("<CreateBucketConfiguration><Tags/></CreateBucketConfiguration>"))) {
            assertEquals(
                    S3Error.NOT_IMPLEMENTED,
                    assertThrows(S3Exception.class, () -> given.to(handler)).error());
        }
        Given other = Given.of("/one").body("<Other/>");
        assertEquals(
                S3Error.MALFORMED_XML,
                assertThrows(S3Exception.class, () -> other.to(handler)).error());
    }

    @Test
    void tellsOfABucket() {
        FakeExchange head = Given.of("/one").to(new HeadBucketHandler(FakeStore.answering(ONE), ABROAD));
        assertEquals("200\nx-amz-bucket-region: eu-west-1\nx-amz-access-point-alias: false\n", head.head());
        assertEquals(
                "<LocationConstraint" + NAMESPACE + "></LocationConstraint>",
                Given.of("/one")
                        .to(new GetBucketLocationHandler(FakeStore.answering(ONE), HOME))
                        .xml());
        assertEquals(
                "<LocationConstraint" + NAMESPACE + ">eu-west-1</LocationConstraint>",
                Given.of("/one")
                        .to(new GetBucketLocationHandler(FakeStore.answering(ONE), ABROAD))
                        .xml());
        FakeExchange deleted = Given.of("/one").to(new DeleteBucketHandler(FakeStore.answering("done")));
        assertEquals(204, deleted.status());
    }

    @Test
    void versioning() {
        assertEquals(
                "<VersioningConfiguration" + NAMESPACE + "></VersioningConfiguration>",
                Given.of("/one")
                        .to(new GetBucketVersioningHandler(FakeStore.answering(ONE)))
                        .xml());
        assertEquals(
                "<VersioningConfiguration" + NAMESPACE + "><Status>Enabled</Status></VersioningConfiguration>",
                Given.of("/two")
                        .to(new GetBucketVersioningHandler(FakeStore.answering(TWO)))
                        .xml());
        FakeStore store = FakeStore.answering(ONE);
        Given.of("/one")
                .body("<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>")
                .to(new PutBucketVersioningHandler(store));
        assertEquals(Bucket.Versioning.SUSPENDED, store.asked(Bucket.Versioning.class));
    }

    @ParameterizedTest
    @CsvSource({
        "<Status>On</Status>, ILLEGAL_VERSIONING_CONFIGURATION",
        "'', ILLEGAL_VERSIONING_CONFIGURATION",
        "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>, NOT_IMPLEMENTED"
    })
    void wrongVersioning(String content, S3Error error) {
        var handler = new PutBucketVersioningHandler(FakeStore.answering());
        Given given = Given.of("/one").body("<VersioningConfiguration>" + content + "</VersioningConfiguration>");
        assertEquals(
                error, assertThrows(S3Exception.class, () -> given.to(handler)).error());
    }

    @Test
    void aClientThatExpectsAnotherOwnerIsNotAnswered() {
        S3Handler handler = Operations.over(FakeStore.answering(ONE, ONE), HOME)
                .of(S3Operation.HEAD_BUCKET)
                .orElseThrow();
        Given given = Given.of("/one").header("x-amz-expected-bucket-owner", "111122223333");
        assertEquals(
                S3Error.ACCESS_DENIED,
                assertThrows(S3Exception.class, () -> given.to(handler)).error());
        assertEquals(
                200,
                Given.of("/one")
                        .header("x-amz-expected-bucket-owner", HOME.owner())
                        .to(handler)
                        .status());
    }
}
