/** Tests of what is done to a store that is stopped. */
package io.kintsugi.rescue;
