#!/usr/bin/env python3
"""Fills fuzz/corpus with what the fixtures hold, for `cargo fuzz` to start from: small archives, folders,
the layers and the compressed streams in them, the files that name packages, the links of
tests/links.txt.

    fuzz/seed.py [FOLDER OF MORE FIXTURES...]
"""

import gzip, hashlib, io, os, struct, subprocess, sys, tarfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MOST = 100_000
MAGIC = (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh", b"\x04\x22\x4d\x18")


def keep(target, data):
    folder = os.path.join(ROOT, "fuzz", "corpus", target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, hashlib.sha256(data).hexdigest()[:16]), "wb") as file:
        file.write(data)


def stream(data):
    if data.startswith(MAGIC):
        keep("codec", struct.pack("<I", 1000 | 1 << 24) + data)


def layer(data):
    keep("tar", data)
    for target in ("index", "job_result"):
        # No patches, or two.
        keep(target, b"\0" + data)
        keep(target, b"\2" + struct.pack("<IBIB", 8, 1, 4000, 128) + data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def archive(data):
    keep("archive", data)
    layer(data)
    stream(data)
    try:
        with tarfile.open(fileobj=io.BytesIO(data), errors="surrogateescape") as tar:
            for member in tar:
                if member.isfile() and 512 <= member.size <= MOST:
                    inner = tar.extractfile(member).read()
                    layer(inner)
                    stream(inner)
    except (tarfile.TarError, EOFError, OSError):
        pass


def folder(path):
    out = b""
    for place, _, names in os.walk(path):
        for name in names:
            data = read(os.path.join(place, name))
            name = os.path.relpath(os.path.join(place, name), path).encode()
            if len(data) <= MOST:
                out += bytes([len(name)]) + name + struct.pack("<I", len(data))[:3] + data
                stream(data)
    if len(out) <= 4 * MOST:
        keep("folder", out)


def catalog():
    paths = read(os.path.join(ROOT, "tests", "native", "hostile", "paths.txt")).decode().splitlines()
    for place, _, names in os.walk(os.path.join(ROOT, "tests", "fixtures", "packages")):
        for name in names:
            data = read(os.path.join(place, name))
            if name.endswith(".gz"):
                data = gzip.decompress(data)
            # Which path a cataloger knows the file by is not in its name.
            for number in range(len(paths)):
                keep("catalog", bytes([number]) + data[:MOST])


def main(folders):
    catalog()
    for fixtures in [os.path.join(ROOT, "tests", "fixtures"), *folders]:
        for place, inner, names in os.walk(fixtures):
            for name in [name for name in inner if name.endswith("-dir")]:
                folder(os.path.join(place, name))
                inner.remove(name)
            for name in names:
                path = os.path.join(place, name)
                if os.path.basename(place) in ("inside", "outline"):
                    keep("inside", read(path))
                if ".tar" in name and os.path.getsize(path) <= MOST:
                    archive(read(path))
    text = b"a line of text that comes again and again\n" * 3000
    for packer in (["gzip"], ["zstd", "-q"], ["xz", "--block-size=20000"], ["bzip2", "-1"], ["lz4", "-q"]):
        packed = subprocess.run([*packer, "-c"], input=text, capture_output=True, check=True).stdout
        stream(packed)
        stream(packed + packed)
    for entry in ('"type":"dir","mode":493', '"type":"reg","size":4,"mode":420,"modtime":"2000-01-01T00:00:00.5Z"',
                  '"type":"symlink","linkName":"../x"', '"type":"chunk","offset":9,"uid":1,"userName":"u"'):
        keep("table", ('{"version":1,"entries":[{"name":"file",%s},{"name":"a/b",%s}]}' % (entry, entry)).encode())
    soci = os.path.join(ROOT, "tests", "fixtures", "odd.soci.oci-dir", "blobs", "sha256")
    keep("table", read(os.path.join(soci, "696085b2c881e39508d1bfad4cf3636808264360fc6ac4b214dbf3935ff91c52")))
    for line in read(os.path.join(ROOT, "tests", "links.txt")).splitlines():
        for link in line.split(b"  "):
            keep("link", link)
            if link.startswith(b"#/image/"):
                keep("reference", link[8:].split(b"?")[0])
    for kind in range(23):
        for size in (3, 300, 3000):
            keep("sized", struct.pack("<BH", kind, size))
    keep("sbom", b'{"predicateType":"https://spdx.dev/Document","predicate":{"spdxVersion":"SPDX-2.3","packages":[{"name":"a",'
         b'"licenseDeclared":"MIT OR (GPL-2.0+ AND ISC)","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:deb/debian/a@1?arch=all"}]}]}}')
    keep("sbom", b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"a","purl":"pkg:npm/%40a/b@1","components":[{"name":"b"}]}]}')
    for text in (b"pkg:maven/org.example/a@1.0?type=jar#sub/path", b"GPLv2+ and (MIT or ASL 2.0) with Linux-syscall-note"):
        keep("sbom", text)


main(sys.argv[1:])
