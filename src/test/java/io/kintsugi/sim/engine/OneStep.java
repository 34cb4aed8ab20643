package io.kintsugi.sim.engine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Code of this class and of the classes nested in it gives way to other threads only where it really waits. For the
 * world around the store: what a drive does to its state is one step, and nobody is killed in the midst of it.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface OneStep {}
