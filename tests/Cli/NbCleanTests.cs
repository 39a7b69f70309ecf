using System.Text;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbCleanTests
{
    private const string Unclean = """
        {
         "cells": [{"cell_type":"code","execution_count":7,"metadata":{"scrolled":true},"outputs":[{"name":"stdout","output_type":"stream","text":"<f at 0x7f>"}],"source":"f"}],
         "metadata": {},
         "nbformat": 4, "nbformat_minor": 4
        }
        """;

    private static readonly string Clean = Unclean.Replace(":7", ":null", StringComparison.Ordinal).Replace("\"scrolled\":true", "", StringComparison.Ordinal).Replace(" at 0x7f", "", StringComparison.Ordinal);

    [Fact]
    public async Task FilesAndFolders_AreCleaned_AndASecondTimeNothingIsToDo()
    {
        await using var place = new Place();
        string[] files = [place.Write("a.ipynb", Unclean), place.Write("nbs/deep/b.ipynb", Unclean)];
        string[] others = [place.Write("nbs/.ipynb_checkpoints/b.ipynb", Unclean), place.Write("nbs/x.txt", Unclean)];
        File.SetUnixFileMode(files[0], UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Equal(new Ran(0, "Cleaned: a.ipynb\nCleaned: nbs/deep/b.ipynb\n", ""), await place.RunAsync("nb", "clean", "a.ipynb", "nbs"));
        Assert.All(files, file => Assert.Equal(Clean, File.ReadAllText(file)));
        Assert.All(others, file => Assert.Equal(Unclean, File.ReadAllText(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files[0]));
        var written = File.GetLastWriteTimeUtc(files[0]);
        Assert.Equal(new Ran(0, "", ""), await place.RunAsync("nb", "clean", "a.ipynb", "nbs"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(files[0]));
    }

    [Fact]
    public async Task Check_ListsWhatIsNotClean_AndWritesNothing()
    {
        await using var place = new Place();
        place.Write("clean.ipynb", Clean);
        var unclean = place.Write("unclean.ipynb", Unclean);

        Assert.Equal(new Ran(1, "Not clean: unclean.ipynb\n", ""), await place.RunAsync("nb", "clean", "--check", "clean.ipynb", "unclean.ipynb"));
        var json = await place.RunAsync("nb", "clean", "--check", "-o", "json", "clean.ipynb", "unclean.ipynb");
        Assert.Equal("clean unclean", string.Join(' ', json.Json.EnumerateArray().Select(outcome => outcome.GetProperty("state").GetString())));
        Assert.Equal(Unclean, File.ReadAllText(unclean));
        Assert.Equal(new Ran(0, "", ""), await place.RunAsync("nb", "clean", "--check", "clean.ipynb"));
    }

    [Fact]
    public async Task StandardInput_IsCleaned_ToStandardOutput_ByTheOptions()
    {
        await using var place = new Place();
        var input = Encoding.UTF8.GetBytes(Unclean);

        Assert.Equal(new Ran(0, Clean, ""), await place.RunWithInputAsync(input, "nb", "clean", "-"));
        Assert.Contains("<f at 0x7f>", (await place.RunWithInputAsync(input, "nb", "clean", "--keep-ids", "-")).Out, StringComparison.Ordinal);
        Assert.Contains("\"outputs\":[]", (await place.RunWithInputAsync(input, "nb", "clean", "--strip-outputs", "-")).Out, StringComparison.Ordinal);
        place.Write("pyproject.toml", "[tool.holdfast]\nstrip_outputs = true\n");
        Assert.Contains("\"outputs\":[]", (await place.RunWithInputAsync(input, "nb", "clean", "-")).Out, StringComparison.Ordinal);
        Assert.Equal(Clean, (await place.RunWithInputAsync(input, "nb", "clean", "--keep-outputs", "-")).Out);
        Assert.Equal(2, (await place.RunAsync("nb", "clean", "--keep-outputs", "--strip-outputs", "-")).ExitCode);
    }

    [Fact]
    public async Task Files_ThatCannotBeCleaned_FailByNameAndPlace_AndStay()
    {
        await using var place = new Place();
        var good = place.Write("good.ipynb", Unclean);
        (string Name, string Text, string Says)[] bad =
        [
            ("half.ipynb", "{\"cells\": [", "half.ipynb:1:12: "),
            ("list.ipynb", "[]", "this is JSON but not a notebook"),
            ("new.ipynb", """{"cells":[],"metadata":{},"nbformat":5,"nbformat_minor":0}""", "nbformat is not a version that can be read"),
            ("marks.ipynb", "{\n<<<<<<< ours\n\"cells\": []\n=======\n>>>>>>> theirs\n}", "holdfast nb fix"),
        ];
        foreach (var (name, text, _) in bad) place.Write(name, text);

        var ran = await place.RunAsync(["nb", "clean", "none.ipynb", .. bad.Select(file => file.Name), "good.ipynb"]);

        Assert.Equal((1, "Cleaned: good.ipynb\n"), (ran.ExitCode, ran.Out));
        Assert.Contains("none.ipynb does not exist", ran.Errors, StringComparison.Ordinal);
        Assert.All(bad, file => Assert.Contains(file.Says, ran.Errors, StringComparison.Ordinal));
        Assert.All(bad, file => Assert.Equal(file.Text, File.ReadAllText(place.PathOf(file.Name))));
        Assert.Equal(Clean, File.ReadAllText(good));
        Assert.Empty(Directory.GetFiles(place.Folder, ".*.tmp"));
    }

    [Fact]
    public async Task File_ThatMayNotBeWritten_FailsAndStays()
    {
        await using var place = new Place();
        var file = place.Write("locked.ipynb", Unclean);
        // Root may write where others may not; what it may not write is immutable, which not every file system knows.
        var isRoot = Environment.UserName == "root";
        if (!isRoot) File.SetUnixFileMode(file, UnixFileMode.UserRead);
        else if ((await place.BashAsync("chattr +i locked.ipynb")).ExitCode != 0) Assert.Skip("this file system has no immutable files, and root may write any other.");
        try
        {
            var ran = await place.RunAsync("nb", "clean", "locked.ipynb");

            Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
            Assert.StartsWith("holdfast: locked.ipynb was not cleaned and is as it was: ", ran.Errors, StringComparison.Ordinal);
            Assert.Equal(Unclean, File.ReadAllText(file));
        }
        finally
        {
            if (isRoot) await place.BashAsync("chattr -i locked.ipynb");
        }
    }
}
