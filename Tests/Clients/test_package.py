"""The packages: what is in them, and that what they hold runs."""

import gzip
import os
import shutil
import subprocess
import tarfile

import httpx
import pytest
import yaml

from conftest import ROOT, SOUK, free_port

needs_dpkg = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="no dpkg-deb")


def package(kind, folder):
    environment = {**os.environ, "BINARY": SOUK, "OUTPUT": str(folder), "COMPRESSION": "none", "SOUK_DATA_DIR": os.path.join(ROOT, "data")}
    made = subprocess.run([os.path.join(ROOT, "scripts/package"), kind], env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@needs_dpkg
def test_the_debian_package_holds_a_server_that_runs(tmp_path):
    file = package("deb", tmp_path / "out")
    said = subprocess.run(["dpkg-deb", "-f", file], capture_output=True, text=True, check=True).stdout
    fields = dict(line.split(": ", 1) for line in said.splitlines() if not line.startswith(" "))
    assert fields["Package"] == "souk" and fields["Version"].startswith("0.1.0+")
    for library in ("libcurl4", "libsqlite3-0", "libpq5", "libc6 (>= 2."):
        assert library in fields["Depends"], fields["Depends"]
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-x", file, str(root)], check=True)
    subprocess.run(["dpkg-deb", "-e", file, str(tmp_path / "control")], check=True)
    for script in ("postinst", "prerm", "postrm"):
        subprocess.run(["sh", "-n", str(tmp_path / "control" / script)], check=True)
    assert (tmp_path / "control" / "conffiles").read_text() == "/etc/souk/souk.yaml\n"
    unit = (root / "lib/systemd/system/souk.service").read_text()
    assert "User=souk" in unit and "NoNewPrivileges=yes" in unit and "ProtectSystem=strict" in unit
    binary = root / "usr/bin/souk"
    # Stripped: no symbols, a fraction of the size.
    assert "no symbols" in subprocess.run(["nm", str(binary)], capture_output=True, text=True).stderr
    version = subprocess.run([str(binary), "version"], capture_output=True, text=True, check=True).stdout
    revision = (root / "usr/share/souk/revision").read_text().strip()
    assert version == f"0.1.0 ({revision})\n"
    manual = gzip.open(root / "usr/share/man/man1/souk.1.gz", "rt").read()
    assert manual.startswith(".TH SOUK 1") and ".SS souk keys revoke" in manual and "\\-\\-public\\-url" in manual
    for completion in ("bash-completion/completions/souk", "zsh/vendor-completions/_souk", "fish/vendor_completions.d/souk.fish"):
        assert "backup" in (root / "usr/share" / completion).read_text()
    settings = yaml.safe_load((root / "etc/souk/souk.yaml").read_text())
    assert settings == {"data_dir": "/var/lib/souk", "assets_dir": "/usr/share/souk/assets"}
    # The packaged settings, moved to where the test may write.
    settings = {"data_dir": str(tmp_path / "data"), "assets_dir": str(root / "usr/share/souk/assets"), "port": free_port()}
    (tmp_path / "souk.yaml").write_text(yaml.safe_dump(settings))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOUK_")}
    server = subprocess.Popen([str(binary), "serve", "--config", str(tmp_path / "souk.yaml")], env=environment, cwd=str(tmp_path), stderr=subprocess.PIPE)
    try:
        url = f"http://127.0.0.1:{settings['port']}"
        for line in server.stderr:
            if b"souk ready" in line:
                break
        assert httpx.get(f"{url}/health").status_code == 200
        assert "What to watch" in httpx.get(f"{url}/docs/operators").text, "the documents come with the package"
    finally:
        server.terminate()
        assert server.wait(60) == 0


@needs_dpkg
def test_the_same_commit_gives_the_same_bytes(tmp_path):
    first, second = (package("deb", tmp_path / name) for name in ("a", "b"))
    assert open(first, "rb").read() == open(second, "rb").read()


def test_the_archive_holds_the_same(tmp_path):
    file = package("tarball", tmp_path)
    with tarfile.open(file) as archive:
        names = archive.getnames()
        base = names[0].split("/")[0]
        assert f"{base}/bin/souk" in names and f"{base}/lib/systemd/system/souk.service" in names
        assert {member.uid for member in archive.getmembers()} == {0}
        archive.extractall(tmp_path, filter="data")
    version = subprocess.run([str(tmp_path / base / "bin/souk"), "version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("0.1.0 (")


def test_the_container_names_what_the_package_needs():
    """No container engine runs in these tests: the file is held against the package's own lists."""
    with open(os.path.join(ROOT, "Containerfile")) as file:
        text = file.read()
    assert "USER souk" in text and "VOLUME /var/lib/souk" in text and "EXPOSE 8080" in text
    for library in ("libcurl4", "libsqlite3-0", "libpq5", "zlib1g", "libcmark-gfm", "iso-codes", "publicsuffix", "postgresql-client"):
        assert library in text
