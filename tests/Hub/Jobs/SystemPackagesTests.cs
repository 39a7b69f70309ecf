using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>What a computer has installed, compared with what another has.</summary>
public sealed class SystemPackagesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hf-system-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_OfATree_HasItsReleaseAndItsPackagesButNoHomes()
    {
        Write("etc/os-release", "NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\n");
        Install("usr/local/lib/python3.11/dist-packages", "numpy", "1.24");
        Install("root/.local/lib/python3.11/site-packages", "own", "1");

        var packages = SystemPackages.Read(_root);

        Assert.Equal("pip\t/usr/local/lib/python3.11/dist-packages\tnumpy\t1.24\nsystem\t\tdebian\t12\n", packages.Text);
        Assert.Matches("^packages:[0-9a-f]{32}$", packages.Fingerprint);
        Assert.Equal(packages.Fingerprint, SystemPackages.Parse(packages.Text)!.Fingerprint);
    }

    [Theory]
    [InlineData("pip\t/a\tnumpy\t1.24", "pip\t/a\tnumpy\t1.24", null)]
    [InlineData("pip\t/a\tnumpy\t1.24", "pip\t/a\tnumpy\t1.26", "numpy 1.24 and not 1.26")]
    [InlineData("pip\t/a\tnumpy\t1.24", "pip\t/b\tnumpy\t1.24", "numpy 1.24 besides, no numpy")]
    [InlineData("apt\t\tbash\t5", "pip\t/a\ttorch\t2\napt\t\tabc\t1\napt\t\tbash\t5", "no torch, no abc")]
    [InlineData("system\t\tdebian\t12", "system\t\tdebian\t13\npip\t/a\ta\t1\npip\t/a\tb\t1\npip\t/a\tc\t1\npip\t/a\td\t1\npip\t/a\te\t1", "no a, no b, no c, no d, debian 12 and not 13, and 1 more")]
    public void DifferFrom_Another_NamesWhatPythonImportsFirst(string here, string there, string? differences) =>
        Assert.Equal(differences, SystemPackages.Parse(here)!.DifferFrom(SystemPackages.Parse(there)!));

    [Theory]
    [InlineData("")]
    [InlineData("numpy 1.24\n")]
    public void Parse_OfSomethingElse_IsNothing(string text) => Assert.Null(SystemPackages.Parse(text));

    private void Install(string site, string name, string version) => Write($"{site}/{name}-{version}.dist-info/METADATA", $"Name: {name}\nVersion: {version}\n");

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
