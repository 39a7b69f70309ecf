using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Tests.Storage;

public sealed class HomeRulesTests : IDisposable
{
    private const UnixFileMode All = (UnixFileMode)511;
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-home-").FullName;

    private string Home => Path.Combine(_folder, "ada");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Mend_NoHome_MakesOne()
    {
        Assert.Empty(HomeRules.Mend(Home));

        Assert.Equal("700", ModeOf(Home));
    }

    [Fact]
    public void Mend_WrongPermissions_AreMendedAndSaid()
    {
        Directory.CreateDirectory(Path.Combine(Home, ".ssh"));
        foreach (var path in (string[])[Home, Path.Combine(Home, ".ssh")]) File.SetUnixFileMode(path, All);
        foreach (var name in (string[])["id_ed25519", "id_ed25519.pub", "config", "known_hosts", "authorized_keys", "my.pem"]) Write(name, All);
        Write("strict", UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var notes = HomeRules.Mend(Home);

        Assert.Equal(["700", "700", "600", "644", "600", "600", "600", "600", "600"],
            ((string[])["", ".ssh", ".ssh/id_ed25519", ".ssh/id_ed25519.pub", ".ssh/config", ".ssh/known_hosts", ".ssh/authorized_keys", ".ssh/my.pem", ".ssh/strict"]).Select(path => ModeOf(Path.Combine(Home, path))));
        Assert.Equal(8, notes.Count);
        Assert.Contains("~/.ssh/id_ed25519 had the permissions 777; they are 600 now.", notes);
        Assert.Empty(HomeRules.Mend(Home));
    }

    [Fact]
    public void Mend_LinksInTheHome_AreNotFollowed()
    {
        var victim = Directory.CreateDirectory(Path.Combine(_folder, "victim")).FullName;
        File.WriteAllText(Path.Combine(victim, "file"), "x");
        File.SetUnixFileMode(Path.Combine(victim, "file"), All);
        File.SetUnixFileMode(victim, All);
        HomeRules.Mend(Home);
        File.CreateSymbolicLink(Path.Combine(Home, ".ssh"), victim);

        Assert.Empty(HomeRules.Mend(Home));
        File.Delete(Path.Combine(Home, ".ssh"));
        Directory.CreateDirectory(Path.Combine(Home, ".ssh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(Home, ".ssh/id"), Path.Combine(victim, "file"));
        Assert.Empty(HomeRules.Mend(Home));

        Assert.Equal(("777", "777"), (ModeOf(victim), ModeOf(Path.Combine(victim, "file"))));
    }

    private void Write(string name, UnixFileMode mode)
    {
        var file = Path.Combine(Home, ".ssh", name);
        File.WriteAllText(file, "x");
        File.SetUnixFileMode(file, mode);
    }

    private static string ModeOf(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
