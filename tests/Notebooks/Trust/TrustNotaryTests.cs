using System.Text;
using Holdfast.Notebooks.Tests.Corpus;
using Holdfast.Notebooks.Trust;
using Holdfast.Sqlite;
using Microsoft.Data.Sqlite;

namespace Holdfast.Notebooks.Tests.Trust;

public sealed class TrustNotaryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-notary-").FullName;
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private string Data => Path.Combine(_folder, "share/jupyter");

    private string DatabaseFile => Path.Combine(Data, "nbsignatures.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static NotebookDocument Notebook(int number) => Samples.Read(
        $$"""{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "{{number}}", "outputs": [], "execution_count": {{number}}}]}""");

    private string Written(NotebookDocument notebook)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.ipynb");
        File.WriteAllBytes(path, notebook.ToBytes());
        return path;
    }

    private string? SignatureOf(NotebookDocument notebook) => NotebookSignature.Of(notebook, File.ReadAllBytes(Path.Join(Data, "notebook_secret")));

    private T? Query<T>(string sql)
    {
        using var database = SystemSqlite.Open(DatabaseFile, SqliteOpenMode.ReadWrite, 1);
        using var command = database.CreateCommand();
        command.CommandText = sql;
        return (T?)command.ExecuteScalar();
    }

    [Fact]
    public async Task Sign_OnANewFolder_IsTrustedByNbformatAndTheOtherWayRound()
    {
        var notary = new Notary(Data, TimeProvider.System);
        var notebooks = Enumerable.Range(0, 3).Select(Notebook).Append(Samples.Read(new NotebookGenerator(7).File(3, 0))).ToList();
        var paths = notebooks.Select(Written).ToArray();
        Assert.All(notebooks, notebook => Assert.Equal(new TrustAnswer(false), notary.Check(notebook)));
        Assert.False(Directory.Exists(Data));

        var signed = notary.Sign(notebooks[0]);
        Assert.Equal(new TrustAnswer(true, Signature: SignatureOf(notebooks[0])), signed);
        Assert.Equal("True False False False", string.Join(' ', (await Nbformat.AskAsync("trust.py", ["check", Data, .. paths])).Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("", await Nbformat.AskAsync("trust.py", "sign", Data, paths[1], paths[3]));
        Assert.Equal([true, true, false, true], notebooks.Select(notebook => notary.Check(notebook).IsTrusted));
        notary.Sign(notebooks[3]);
        Assert.Equal(3, Query<long>("SELECT count(*) FROM nbsignatures"));
    }

    [Fact]
    public async Task Check_OfAFolderThatNbformatMade_TrustsWhatItSigned()
    {
        var path = Written(Notebook(1));
        Directory.CreateDirectory(Data);
        Assert.Equal("", await Nbformat.AskAsync("trust.py", "sign", Data, path));
        var notary = new Notary(Data, TimeProvider.System);
        Assert.Equal(new TrustAnswer(true), notary.Check(Notebook(1)));
        notary.Sign(Notebook(2));
        Assert.Equal("True", (await Nbformat.AskAsync("trust.py", "check", Data, Written(Notebook(2)))).Trim());
    }

    [Fact]
    public void Secret_ThatIsMade_IsTheUsersAloneAndLikeNbformats()
    {
        new Notary(Data, _clock).Sign(Notebook(1));
        var secret = Path.Combine(Data, "notebook_secret");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secret));
        var lines = File.ReadAllText(secret).Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.All(lines[..^2], line => Assert.Equal(76, line.Length));
        Assert.Equal(1024, Convert.FromBase64String(string.Concat(lines)).Length);
        Assert.Equal([secret], Directory.GetFiles(Data).Where(file => !file.EndsWith(".db", StringComparison.Ordinal)));
    }

    [Fact]
    public void Reset_ForgetsAndMakesANewSecret()
    {
        var notary = new Notary(Data, _clock);
        notary.Sign(Notebook(1));
        var before = notary.Secret();
        Assert.Same(before, notary.Secret());
        notary.Reset();
        Assert.NotEqual(before, notary.Secret());
        Assert.False(File.Exists(DatabaseFile));
        Assert.False(notary.Check(Notebook(1)).IsTrusted);
    }

    [Fact]
    public void Version2_IsNeverTrusted()
    {
        var notary = new Notary(Data, _clock);
        var old = Samples.Read(new NotebookGenerator(3).File(2, 0));
        Assert.Equal(new TrustAnswer(false), notary.Sign(old));
        Assert.Equal(new TrustAnswer(false), notary.Check(old));
    }

    [Fact]
    public void LastSeen_IsNotedOnceAnHour()
    {
        var notary = new Notary(Data, _clock);
        notary.Sign(Notebook(1));
        Assert.Equal("2026-01-02 03:04:05.000000", Query<string>("SELECT last_seen FROM nbsignatures"));
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True(notary.Check(Notebook(1)).IsTrusted);
        Assert.Equal("2026-01-02 03:04:05.000000", Query<string>("SELECT last_seen FROM nbsignatures"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(notary.Check(Notebook(1)).IsTrusted);
        Assert.Equal("2026-01-02 04:05:05.000000", Query<string>("SELECT last_seen FROM nbsignatures"));
    }

    [Fact]
    public async Task Full_TheOldestQuarterGoes_AsNbformatDoesIt()
    {
        Directory.CreateDirectory(Data);
        Assert.Equal("", await Nbformat.AskAsync("trust.py", "fill", Data, "65535"));
        var notary = new Notary(Data, _clock);
        notary.Sign(Notebook(1));
        Assert.Equal(49151, Query<long>("SELECT count(*) FROM nbsignatures"));
        Assert.Equal("2020-01-01 00:00:00.016385", Query<string>("SELECT min(last_seen) FROM nbsignatures"));
        Assert.True(notary.Check(Notebook(1)).IsTrusted);
    }

    [Fact]
    public void Damaged_IsPutAside_AndSaid()
    {
        Directory.CreateDirectory(Data);
        var damage = Encoding.ASCII.GetBytes(new string('x', 5000));
        File.WriteAllBytes(DatabaseFile, damage);
        var notary = new Notary(Data, _clock);
        var signed = notary.Sign(Notebook(1));
        Assert.True(signed.IsTrusted);
        Assert.Contains("nbsignatures.db.bak", signed.Problem, StringComparison.Ordinal);
        Assert.Equal(damage, File.ReadAllBytes(DatabaseFile + ".bak"));
        Assert.True(notary.Sign(Notebook(1)).IsTrusted);
        Assert.Equal(new TrustAnswer(true), new Notary(Data, _clock).Check(Notebook(1)));
    }

    [Fact]
    public void Locked_TrustsForThisRun_AndIsTriedAgain()
    {
        var notary = new Notary(Data, _clock);
        notary.Sign(Notebook(1));
        using (var other = SystemSqlite.Open(DatabaseFile, SqliteOpenMode.ReadWrite, 1))
        {
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN EXCLUSIVE";
            command.ExecuteNonQuery();
            var unknown = notary.Check(Notebook(1));
            Assert.False(unknown.IsTrusted);
            Assert.Contains("locked", unknown.Problem, StringComparison.Ordinal);
            Assert.Equal(new TrustAnswer(true, unknown.Problem, SignatureOf(Notebook(2))), notary.Sign(Notebook(2)));
            Assert.Equal(new TrustAnswer(true, unknown.Problem), notary.Check(Notebook(2)));
        }
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(new TrustAnswer(true), notary.Check(Notebook(1)));
        Assert.Equal(new TrustAnswer(true, Signature: SignatureOf(Notebook(3))), notary.Sign(Notebook(3)));
        Assert.All(Enumerable.Range(1, 3), number => Assert.Equal(new TrustAnswer(true), new Notary(Data, _clock).Check(Notebook(number))));
    }

    [Fact]
    public void FolderThatIsNone_TrustsForThisRun()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Data)!);
        File.WriteAllText(Data, "a file where the folder should be");
        var notary = new Notary(Data, _clock);
        var signed = notary.Sign(Notebook(1));
        Assert.True(signed.IsTrusted);
        Assert.NotNull(signed.Problem);
        Assert.True(notary.Check(Notebook(1)).IsTrusted);
        Assert.False(notary.Check(Notebook(2)).IsTrusted);
    }

    private sealed class ManualClock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
