package io.kintsugi.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rooms of the house: the table of the design, section 2, with the reason of each row. */
final class Rooms {
    /** Every room above them may know these two: nouns, and byte mathematics on them. */
    private static final Set<String> FOUNDATION = Set.of("base", "codec");

    static final List<Room> TABLE = List.of(
            room("base", "the nouns that everyone shares can't depend on those who share them"),
            room("codec", "byte mathematics is the same whoever asks; alone it can be tested and replaced", "base"),
            room("drives", "a drive keeps bytes under names and knows no object, cluster or request"),
            room("encryption", "what holds keys stays small and reads no metadata"),
            room("cluster", "a remote drive is a drive: placement and quorum need no idea of objects", "drives"),
            room("shards", "bytes and facts meet only in objects", "drives", "cluster"),
            room("catalog", "bytes and facts meet only in objects", "drives", "cluster"),
            room("iam", "who may do what is decided from the catalog's documents, before any byte moves", "catalog"),
            room("objects", "the order of a transaction is read here, on no wire", "encryption", "shards", "catalog"),
            room(
                    "rescue",
                    "who mends a store that is stopped joins bytes and facts again, and serves nobody",
                    "drives",
                    "cluster",
                    "shards",
                    "catalog"),
            room("lifecycle", "the scanner does what a client could do, by the same use cases", "catalog", "objects"),
            room("events", "events leave through the outbox, never through a use case", "catalog"),
            room("s3", "the wire translates; it stores nothing itself", "iam", "objects", "lifecycle", "events"),
            room(
                    "admin",
                    "administration looks into every room below, and none looks back",
                    "drives encryption cluster shards catalog iam objects lifecycle events".split(" ")),
            room("console", "the console is a client of the admin API", "iam", "admin"),
            room("keyserver", "the key service runs where no object store is", "encryption"),
            room("operator", "the operator speaks to a store only over HTTP"));

    private Rooms() {}

    /** One row: the room's package below the base package, and the rooms that it may import besides the foundation. */
    record Room(String name, String reason, Set<String> mayImport) {
        /**
         * Classes of this room under {@code root} refer, within {@code root}, only to the rooms that they may import.
         */
        ArchRule rule(String root) {
            Set<String> known = FOUNDATION.contains(name)
                    ? mayImport
                    : Stream.concat(mayImport.stream(), FOUNDATION.stream()).collect(Collectors.toSet());
            return classes()
                    .that()
                    .resideInAPackage(inside(root, name))
                    .should()
                    .onlyDependOnClassesThat(
                            outside(root).or(inRooms(root, known)).or(inRooms(root, Set.of(name))))
                    .because(reason)
                    .allowEmptyShould(true);
        }
    }

    private static Room room(String name, String reason, String... mayImport) {
        return new Room(name, reason, Arrays.stream(mayImport).collect(Collectors.toUnmodifiableSet()));
    }

    static String inside(String root, String room) {
        return root + "." + room + "..";
    }

    private static DescribedPredicate<JavaClass> outside(String root) {
        return describe(
                "outside of " + root,
                type -> !packageOf(type).equals(root) && !packageOf(type).startsWith(root + "."));
    }

    private static DescribedPredicate<JavaClass> inRooms(String root, Set<String> rooms) {
        return describe(
                "in " + rooms.stream().sorted().toList(),
                type -> rooms.stream()
                        .map(room -> root + "." + room)
                        .anyMatch(name ->
                                packageOf(type).equals(name) || packageOf(type).startsWith(name + ".")));
    }

    private static String packageOf(JavaClass type) {
        return type.getBaseComponentType().getPackageName();
    }
}
