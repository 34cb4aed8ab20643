package io.kintsugi.iam;

/** May you: the owner may do everything, a stranger nothing. */
public final class Authorizer {
    /** @throws AuthException with {@code ACCESS_DENIED} */
    public void check(Identity identity) {
        boolean permitted = switch (identity) {
            case Identity.Anonymous anonymous -> false;
            case Identity.Root root -> true;
        };
        if (!permitted) {
            throw new AuthException(AuthException.Kind.ACCESS_DENIED, "Access Denied");
        }
    }
}
