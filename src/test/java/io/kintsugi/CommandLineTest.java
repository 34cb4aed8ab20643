package io.kintsugi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private static final Pattern SETTING = Pattern.compile("KINTSUGI_[A-Z_]+[A-Z]");

    @Test
    void serverIsTheDefault() {
        assertEquals(new CommandLine.Server(List.of(), Map.of()), CommandLine.parse());
        assertEquals(new CommandLine.Server(List.of(), Map.of()), CommandLine.parse("server"));
    }

    @Test
    void volumesAndOptionsMayBeMixed() {
        CommandLine parsed = CommandLine.parse(
                "server", "--address", ":9500", "/d{1...4}", "--console-address=127.0.0.1:0", "/e{1...4}", "--json");

        assertEquals(
                new CommandLine.Server(
                        List.of("/d{1...4}", "/e{1...4}"),
                        Map.of(
                                Settings.ADDRESS, ":9500",
                                Settings.CONSOLE_ADDRESS, "127.0.0.1:0",
                                Settings.LOG_JSON, "true")),
                parsed);
    }

    @Test
    void helpAndVersionAreFoundAnywhere() {
        assertInstanceOf(CommandLine.Help.class, CommandLine.parse("server", "-h"));
        assertInstanceOf(CommandLine.Help.class, CommandLine.parse("--help"));
        assertInstanceOf(CommandLine.Version.class, CommandLine.parse("--version"));
    }

    @Test
    void theCommandsForAStoppedStoreHaveOptionsOfTheirOwn() {
        assertEquals(new CommandLine.Check(List.of(), false), CommandLine.parse("check"));
        assertEquals(
                new CommandLine.Check(List.of("/d{1...4}"), true), CommandLine.parse("check", "/d{1...4}", "--deep"));
        assertEquals(
                new CommandLine.Rebuild(List.of("/d1", "/d2"), Map.of(), true, false),
                CommandLine.parse("rebuild-catalog", "--dry-run", "/d1", "/d2"));
        assertEquals(
                new CommandLine.Rebuild(List.of(), Map.of(), false, true),
                CommandLine.parse("rebuild-catalog", "--force"));
        assertEquals(
                new CommandLine.Rebuild(List.of("/d1"), Map.of("kintsugi.drain", "/d3,/d4"), false, true),
                CommandLine.parse("rebuild-catalog", "--drain", "/d3,/d4", "--force", "/d1"));
        assertTrue(messageOf("check", "--drain", "/d3").contains("--drain"));
        assertInstanceOf(CommandLine.Help.class, CommandLine.parse("check", "-h"));
        assertTrue(messageOf("check", "--force").contains("--force"));
        assertTrue(messageOf("rebuild-catalog", "--deep").contains("--deep"));
    }

    @Test
    void whatIsNotKnownIsNamed() {
        assertTrue(messageOf("server", "--adress", ":1").contains("--adress"));
        assertTrue(messageOf("serve").contains("unknown command 'serve'"));
        assertTrue(messageOf("server", "--address").contains("needs a value"));
    }

    private static String messageOf(String... args) {
        return assertThrows(UsageException.class, () -> CommandLine.parse(args)).getMessage();
    }

    @Test
    void helpNamesEverySettingOfTheReadme() throws IOException {
        Set<String> readme = settings(Files.readString(Path.of("README.md")));
        assertTrue(readme.size() > 10, () -> "settings of README: " + readme);
        assertEquals(readme, settings(CommandLine.USAGE));
    }

    private static Set<String> settings(String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = SETTING.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }
}
