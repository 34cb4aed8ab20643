package io.kintsugi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.cluster.CodeWish;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void nothingSetMeansFourDrivesBelowTheWorkingDirectory() {
        Settings settings = read(Map.of());

        assertEquals(List.of("./data/drive{1...4}"), settings.volumes());
        assertEquals(new HostPort("0.0.0.0", 9000), settings.addresses().s3());
        assertEquals(new HostPort("0.0.0.0", 9001), settings.addresses().console());
        assertEquals(new HostPort("0.0.0.0", 9002), settings.addresses().management());
        assertEquals(CodeWish.NONE, settings.code());
        assertEquals(Optional.of(Duration.ofMinutes(30)), settings.background().healAfter());
        assertEquals(OptionalLong.empty(), settings.maxObjectSize());
        assertEquals("us-east-1", settings.region());
        assertEquals(Optional.empty(), settings.credentials());
        assertFalse(settings.logJson());
    }

    @Test
    void argumentsComeBeforeTheEnvironment() {
        CommandLine.Server command = new CommandLine.Server(List.of("/a"), Map.of(Settings.ADDRESS, ":1"));
        Map<String, String> variables = Map.of("KINTSUGI_VOLUMES", "/b", "KINTSUGI_ADDRESS", ":2");

        Settings settings = Settings.read(command, new Environment(name -> null, variables::get));

        assertEquals(List.of("/a"), settings.volumes());
        assertEquals(1, settings.addresses().s3().port());
    }

    @Test
    void propertiesComeBeforeVariables() {
        Environment environment = new Environment(
                Map.of("kintsugi.region", "ap-guangzhou")::get, Map.of("KINTSUGI_REGION", "eu-frankfurt")::get);

        assertEquals("ap-guangzhou", Settings.read(server(), environment).region());
    }

    @ParameterizedTest
    @CsvSource({
        "KINTSUGI_ROOT_USER, KINTSUGI_ROOT_PASSWORD",
        "MINIO_ROOT_USER, MINIO_ROOT_PASSWORD",
        "RUSTFS_ACCESS_KEY, RUSTFS_SECRET_KEY"
    })
    void credentialsHaveTheNamesOfOtherStores(String user, String password) {
        Settings settings = read(Map.of(user, "admin", password, "longenough"));

        assertEquals(Optional.of(new Settings.Credentials("admin", "longenough")), settings.credentials());
    }

    @Test
    void credentialsAreRefusedWithTheReason() {
        assertTrue(refusal(Map.of("KINTSUGI_ROOT_USER", "admin")).contains("must be set together"));
        assertTrue(refusal(Map.of("KINTSUGI_ROOT_USER", "ad", "KINTSUGI_ROOT_PASSWORD", "longenough"))
                .contains("3 to"));
        String shortSecret = refusal(Map.of("KINTSUGI_ROOT_USER", "admin", "KINTSUGI_ROOT_PASSWORD", "hush"));
        assertTrue(shortSecret.contains("KINTSUGI_ROOT_PASSWORD has 4 characters"));
        assertFalse(shortSecret.contains("hush"), "a secret is never repeated");
        assertTrue(refusal(Map.of("KINTSUGI_ROOT_USER", "a/b", "KINTSUGI_ROOT_PASSWORD", "longenough"))
                .contains("'/'"));
    }

    @Test
    void aSecretIsNotPrinted() {
        assertFalse(new Settings.Credentials("admin", "longenough").toString().contains("longenough"));
    }

    @Test
    void parityIsWrittenAsOthersWriteIt() {
        assertEquals(
                CodeWish.parse("EC:3"),
                read(Map.of("MINIO_STORAGE_CLASS_STANDARD", "EC:3")).code());
        assertTrue(refusal(Map.of("KINTSUGI_STORAGE_CLASS_STANDARD", "3")).contains("EC:2"));
        assertTrue(refusal(Map.of("KINTSUGI_STORAGE_CLASS_STANDARD", "EC:-1")).contains("EC:2"));
    }

    @ParameterizedTest
    @CsvSource({"1024,1024", "5GiB,5368709120", "5 GB,5000000000", "2k,2048", "7T,7696581394432"})
    void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
        assertEquals(
                OptionalLong.of(bytes),
                read(Map.of("KINTSUGI_MAX_OBJECT_SIZE", text)).maxObjectSize());
    }

    @Test
    void wrongSizesAreRefused() {
        assertTrue(refusal(Map.of("KINTSUGI_MAX_OBJECT_SIZE", "big")).contains("as in 5GiB"));
        assertTrue(refusal(Map.of("KINTSUGI_MAX_OBJECT_SIZE", "9999999999T")).contains("8 EiB"));
    }

    @ParameterizedTest
    @CsvSource({":9000,0.0.0.0,9000", "127.0.0.1:0,127.0.0.1,0", "[::1]:80,::1,80", "*:1,0.0.0.0,1"})
    void addresses(String text, String host, int port) {
        assertEquals(new HostPort(host, port), HostPort.parse("X", text));
    }

    @ParameterizedTest
    @CsvSource({"9000", "host:port", "a:b:1", ":70000", "host:"})
    void wrongAddressesAreRefused(String text) {
        assertThrows(UsageException.class, () -> HostPort.parse("X", text));
    }

    private static CommandLine.Server server() {
        return new CommandLine.Server(List.of(), Map.of());
    }

    private static Settings read(Map<String, String> variables) {
        return Settings.read(server(), new Environment(name -> null, variables::get));
    }

    private static String refusal(Map<String, String> variables) {
        return assertThrows(UsageException.class, () -> read(variables)).getMessage();
    }

    @Test
    void backgroundWorkHasAShareOfTheTime() {
        assertEquals(25, read(Map.of()).background().sharePercent());
        assertEquals(
                60,
                read(Map.of("KINTSUGI_BACKGROUND_SHARE", "60%")).background().sharePercent());
        for (String wrong : List.of("0", "101", "much", "-1")) {
            assertThrows(UsageException.class, () -> read(Map.of("KINTSUGI_BACKGROUND_SHARE", wrong)));
        }
    }

    @Test
    void theCodeIsParityAloneOrAllOfIt() {
        assertEquals(
                CodeWish.parse("EC:2"),
                read(Map.of("KINTSUGI_STORAGE_CLASS_STANDARD", "EC:2")).code());
        assertEquals(
                CodeWish.parse("EC:4+2"),
                read(Map.of("KINTSUGI_STORAGE_CLASS_STANDARD", "EC:4+2")).code());
        for (String wrong : List.of("2", "EC:", "EC:4+", "EC:+2", "EC:4+2+1", "EC:-1", "ec:2")) {
            assertThrows(UsageException.class, () -> read(Map.of("KINTSUGI_STORAGE_CLASS_STANDARD", wrong)), wrong);
        }
    }

    @Test
    void timesHaveUnits() {
        Map<String, Duration> right = Map.of(
                "90s",
                Duration.ofSeconds(90),
                "5m",
                Duration.ofMinutes(5),
                "2 H",
                Duration.ofHours(2),
                "0s",
                Duration.ZERO);
        right.forEach((text, time) -> assertEquals(
                Optional.of(time),
                read(Map.of("KINTSUGI_HEAL_AFTER", text)).background().healAfter()));
        assertEquals(
                Optional.empty(),
                read(Map.of("KINTSUGI_HEAL_AFTER", "off")).background().healAfter());
        for (String wrong : List.of("5", "m", "-5m", "5 weeks", "9999999999s")) {
            assertThrows(UsageException.class, () -> read(Map.of("KINTSUGI_HEAL_AFTER", wrong)), wrong);
        }
    }

    @Test
    void everythingIsScrubbedInAMonthUnlessItIsToldOtherwise() {
        assertEquals(
                Optional.of(Duration.ofDays(30)), read(Map.of()).background().scrubPeriod());
        assertEquals(
                Optional.of(Duration.ofDays(7)),
                read(Map.of("KINTSUGI_SCRUB_PERIOD", "7d")).background().scrubPeriod());
        assertEquals(
                Optional.empty(),
                read(Map.of("KINTSUGI_SCRUB_PERIOD", "off")).background().scrubPeriod());
        for (String wrong : List.of("0s", "weekly")) {
            assertThrows(UsageException.class, () -> read(Map.of("KINTSUGI_SCRUB_PERIOD", wrong)), wrong);
        }
    }
}
