//! x
mod archive;
fn main() {
    for layers in [archive::Layers::Gzip, archive::Layers::Plain] {
        println!(
            "{:?}",
            archive::ensure(
                "/tmp/target-bench/bench".as_ref(),
                archive::Spec { entries: 66_000, bytes: 1_200_000_000, layers }
            )
        );
    }
}
