package io.kintsugi.s3;

import io.kintsugi.base.ListQuery;
import io.kintsugi.base.VersionId;
import java.util.HexFormat;
import java.util.OptionalLong;

/**
 * {@code version-id-marker}: the id of the version that a page ended with, a dot, and the place that it had, in
 * hexadecimal. So the next page goes on there also when that version is gone. Clients pass it on as it is; from one
 * that takes the id of a version that it was shown, the id alone is understood, too.
 */
final class VersionMarker {
    private static final char DOT = '.';

    private VersionMarker() {}

    static String text(VersionId version, OptionalLong place) {
        return place.isPresent() ? version.toString() + DOT + Long.toHexString(place.getAsLong()) : version.toString();
    }

    /** @throws io.kintsugi.base.StoreException.Invalid when it is none */
    static ListQuery.AfterVersion parse(String key, String marker) {
        int dot = marker.indexOf(DOT);
        if (dot < 0) {
            return new ListQuery.AfterVersion(key, VersionId.parse(marker));
        }
        VersionId version = VersionId.parse(marker.substring(0, dot));
        return new ListQuery.AfterVersion(key, version, OptionalLong.of(place(marker, marker.substring(dot + 1))));
    }

    private static long place(String marker, String digits) {
        boolean hex = !digits.isEmpty() && digits.length() <= 2 * Long.BYTES;
        for (int i = 0; hex && i < digits.length(); i++) {
            hex = HexFormat.isHexDigit(digits.charAt(i));
        }
        if (!hex) {
            throw S3Exception.invalidArgument("Invalid version id specified", "version-id-marker", marker);
        }
        return HexFormat.fromHexDigitsToLong(digits);
    }
}
