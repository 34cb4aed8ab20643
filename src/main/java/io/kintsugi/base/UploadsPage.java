package io.kintsugi.base;

import java.util.List;

/**
 * A page of uploads that are under way.
 *
 * @param uploads as {@link Upload#listed} has them
 */
public record UploadsPage(List<Upload> uploads, List<String> commonPrefixes, boolean truncated) {
    public UploadsPage {
        uploads = List.copyOf(uploads);
        commonPrefixes = List.copyOf(commonPrefixes);
    }
}
