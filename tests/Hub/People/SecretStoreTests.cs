using Holdfast.Hub.Database;
using Holdfast.Hub.People;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Hub.Tests.People;

public sealed class SecretStoreTests : IDisposable
{
    private static readonly Caller Ada = new("ada", false);
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-hub-").FullName;
    private readonly HubDatabase _database;

    public SecretStoreTests()
    {
        _database = HubDatabase.Open(Path.Combine(_folder, "hub.db"));
        _database.Execute("INSERT INTO people VALUES ('ada', 'member', NULL, 0), ('grace', 'member', NULL, 0)");
    }

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Read_OfANewStoreOnTheSameKey_GivesTheValue()
    {
        Open().Set(Ada, "HF_TOKEN", "grün");

        Assert.Equal("grün", Open().Read("ada", "HF_TOKEN"));
        Assert.Null(Open().Read("grace", "HF_TOKEN"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "key")));
    }

    [Fact]
    public void Read_OfARowPutInAnothersPlace_GivesNothing()
    {
        var store = Open();
        store.Set(Ada, "HF_TOKEN", "hers");
        _database.Execute("UPDATE secrets SET person = 'grace'");

        Assert.Null(store.Read("grace", "HF_TOKEN"));
    }

    [Fact]
    public void Read_WithAnotherKey_GivesNothing()
    {
        Open().Set(Ada, "HF_TOKEN", "hers");
        File.Delete(Path.Combine(_folder, "key"));

        Assert.Null(Open().Read("ada", "HF_TOKEN"));
    }

    [Fact]
    public void Open_WithADamagedKey_SaysSoAndDoesNotReplaceIt()
    {
        File.WriteAllText(Path.Combine(_folder, "key"), "short");

        Assert.Contains("damaged", Assert.Throws<System.Security.Cryptography.CryptographicException>(Open).Message, StringComparison.Ordinal);
        Assert.Equal("short", File.ReadAllText(Path.Combine(_folder, "key")));
    }

    [Theory]
    [InlineData("1ST", "x")]
    [InlineData("A-B", "x")]
    [InlineData("", "x")]
    [InlineData("OK", "")]
    [InlineData("OK", "a\0b")]
    public void Set_WithABadNameOrValue_IsRefused(string name, string value) => Assert.Equal("bad-request", Open().Set(Ada, name, value).Fault!.Code);

    [Fact]
    public void Remove_Twice_SaysThatThereIsNone()
    {
        var store = Open();
        store.Set(Ada, "A", "1");

        Assert.True(store.Remove(Ada, "A").Ok);
        Assert.Equal("not-found", store.Remove(Ada, "A").Fault!.Code);
        Assert.Empty(store.List("ada"));
    }

    private SecretStore Open() => new(_database, new HubKey(new HubFolders(_folder) { MeetingRoot = _folder }), new AuditLog(_database, TimeProvider.System), TimeProvider.System, NullLogger<SecretStore>.Instance);
}
