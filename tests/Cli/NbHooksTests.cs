using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class NbHooksTests
{
    private static readonly string Two = Repository.Notebook(("a", "first"), ("b", "second"));

    [Fact]
    public async Task Commit_HasACleanNotebook_AndTheWorkingFileKeepsItsOutputs()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place, "install-hooks --strip-outputs");
        repository.Write("n.ipynb", Two);
        repository.Write("sub dir/größe.ipynb", Two);

        await repository.BashAsync("git add -A && git commit -qm one");

        foreach (var path in new[] { "n.ipynb", "sub dir/größe.ipynb" })
        {
            var blob = await repository.BashAsync($"git show 'HEAD:{path}'");
            Assert.DoesNotContain("printed by", blob, StringComparison.Ordinal);
            Assert.DoesNotContain("scrolled", blob, StringComparison.Ordinal);
            Assert.Contains("\"execution_count\": null", blob, StringComparison.Ordinal);
            Assert.Equal(Two, repository.Read(path));
        }

        // Another run changes nothing that git sees.
        repository.Write("n.ipynb", Two.Replace("\"execution_count\": 1", "\"execution_count\": 9", StringComparison.Ordinal));
        Assert.Equal("", await repository.BashAsync("git status --short && git diff"));
    }

    [Fact]
    public async Task Filter_IsOneProcess_ForAllNotebooksOfACommand()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place);
        for (var number = 0; number < 50; number++) repository.Write($"n{number}.ipynb", Two);

        // Git says what it starts, to this file.
        await repository.BashAsync("GIT_TRACE=$PWD/../trace git add -A");

        Assert.Single(File.ReadLines(place.PathOf("trace")), line => line.Contains("run_command", StringComparison.Ordinal) && line.Contains("nb filter", StringComparison.Ordinal));
        Assert.Equal("50\n", await repository.BashAsync("git ls-files -s '*.ipynb' | cut -d' ' -f2 | uniq -c | awk '{print $1}'"));
    }

    [Fact]
    public async Task BrokenNotebook_GoesThroughTheFilterAsItIs_AndIsNotCommitted()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place);
        repository.Write("bad.ipynb", "{\"cells\": [");
        repository.Write("empty.ipynb", "");

        var add = await repository.TryAsync("git add -A");
        Assert.Equal(0, add.ExitCode);
        Assert.Contains("holdfast: warning: bad.ipynb:1:12: ", add.Errors, StringComparison.Ordinal);
        Assert.Equal("{\"cells\": [", await repository.BashAsync("git show :bad.ipynb"));
        var commit = await repository.TryAsync("git commit -qm bad");
        Assert.Equal(1, commit.ExitCode);
        Assert.Contains("bad.ipynb:1:12: ", commit.Errors, StringComparison.Ordinal);
        await repository.BashAsync("git commit --no-verify -qm bad");
    }

    [Fact]
    public async Task Commit_WithAScriptThatIsNotItsNotebooks_IsStopped_WhereTheProjectAsks()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place);
        repository.Write(".holdfast.yaml", "check_exports: script\n");
        repository.Write("n.ipynb", Two);
        await repository.BashAsync("\"$0\" nb export n.ipynb && git add -A && git commit -qm one");

        repository.Write("n.ipynb", Two.Replace("second", "changed", StringComparison.Ordinal));

        Assert.Equal(1, (await repository.TryAsync("git commit -qam two")).ExitCode);
        await repository.BashAsync("\"$0\" nb export n.ipynb && git commit -qam two");
    }

    [Fact]
    public async Task Diff_ShowsCells()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place);
        repository.Write("n.ipynb", Two);
        await repository.BashAsync("git add -A && git commit -qm one");
        repository.Write("n.ipynb", Two.Replace("second", "changed", StringComparison.Ordinal));

        var diff = await repository.BashAsync("git diff -U1");

        Assert.EndsWith("code cell b\n-  second\n+  changed\n output: stdout, 1 line: printed by b #" + diff[^7..], diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_OfBranchesThatEditedDifferentCells_HasNoConflict_AndTheSameCellShowsBoth()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place);
        await CommitAsync("one", Two);
        await repository.BashAsync("git checkout -qb other");
        await CommitAsync("theirs", Two.Replace("second", "theirs", StringComparison.Ordinal));
        await repository.BashAsync("git checkout -q main");
        await CommitAsync("ours", Two.Replace("first", "ours", StringComparison.Ordinal));

        await repository.BashAsync("git merge -q other -m merged");

        Assert.Equal(["ours", "theirs"], Words(repository.Read("n.ipynb"), "ours", "theirs", "<<<<<<<"));
        await CommitAsync("again", repository.Read("n.ipynb").Replace("theirs", "mine", StringComparison.Ordinal));
        await repository.BashAsync("git checkout -q other");
        await CommitAsync("again", repository.Read("n.ipynb").Replace("theirs", "other", StringComparison.Ordinal));
        var merge = await repository.TryAsync("git merge main -m conflict");
        Assert.Equal(1, merge.ExitCode);
        Assert.Equal(["<<<<<<<", "other", "mine", ">>>>>>>"], Words(repository.Read("n.ipynb"), "<<<<<<<", "other", "mine", ">>>>>>>"));
        Assert.Equal(0, (await repository.TryAsync("\"$0\" nb cat n.ipynb")).ExitCode);
        // It cannot be committed as it is.
        Assert.Contains("1 conflict of a merge left", (await repository.TryAsync("git add -A; git commit -qm no")).Errors, StringComparison.Ordinal);

        async Task CommitAsync(string message, string notebook)
        {
            repository.Write("n.ipynb", notebook);
            await repository.BashAsync($"git add -A && git commit -qm {message}");
        }
    }

    [Fact]
    public async Task Merge_TrustsWhatCameIn()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place);
        await repository.BashAsync("git commit -q --allow-empty -m one && git checkout -qb other");
        repository.Write("n.ipynb", Two);
        await repository.BashAsync("git add -A && git commit -qm theirs && git checkout -q main && git merge -q other");

        Assert.Equal("Notebook already signed: n.ipynb\n", await repository.BashAsync("\"$0\" nb trust n.ipynb"));
    }

    [Theory]
    [InlineData("*.txt text\n", "install-hooks")]
    [InlineData("*.txt text", "install-hooks --strip-outputs")]
    [InlineData("", "install-hooks")]
    [InlineData(null, "install-hooks")]
    [InlineData("*.txt text", "install-hooks --local")]
    public async Task Uninstall_RestoresExactly_AndHooksThatWereThereRunMeanwhile(string? attributes, string install)
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place, install: "");
        if (attributes is not null) repository.Write(".gitattributes", attributes);
        repository.Write(".git/hooks/pre-commit", "#!/bin/sh\necho mine \"$#\" >> ../ran\n");
        await repository.BashAsync("chmod 755 .git/hooks/pre-commit; rm -f .git/hooks/*.sample");
        const string state = "for f in $(find . -path ./.git/objects -prune -o -type f -print | sort); do stat -c '%n %a' $f; cat $f; done";
        var before = await repository.BashAsync(state);

        await repository.BashAsync($"\"$0\" nb {install} && \"$0\" nb {install}");
        Assert.NotEqual(before, await repository.BashAsync(state));
        await repository.BashAsync("git commit -q --allow-empty -m one");
        Assert.Equal("mine 0\n", File.ReadAllText(place.PathOf("ran")));
        await repository.BashAsync("git update-ref -d HEAD && rm -rf .git/logs .git/COMMIT_EDITMSG .git/index .git/refs/heads/main && \"$0\" nb uninstall-hooks");

        Assert.Equal(before, await repository.BashAsync(state));
        Assert.Equal("Nothing was set up here.\n", await repository.BashAsync("\"$0\" nb uninstall-hooks"));
    }

    [Fact]
    public async Task Global_HoldsForEveryRepository_AndIsUndone()
    {
        await using var place = new Place();
        var repository = await Repository.MakeAsync(place, "install-hooks --global");
        repository.Write("n.ipynb", Two);

        await repository.BashAsync("git add -A");
        Assert.DoesNotContain("scrolled", await repository.BashAsync("git show :n.ipynb"), StringComparison.Ordinal);

        await repository.BashAsync("\"$0\" nb uninstall-hooks --global");
        Assert.Equal("", await repository.BashAsync("find ~ -type f -size +0"));
    }

    [Fact]
    public async Task Install_OutsideARepository_SaysSo()
    {
        await using var place = new Place();
        var ran = await place.RunAsync("nb", "install-hooks");
        Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
        Assert.Contains("is in no git repository", ran.Errors, StringComparison.Ordinal);
    }

    private static string[] Words(string text, params string[] words) =>
        [.. words.Where(word => text.Contains(word, StringComparison.Ordinal)).OrderBy(word => text.IndexOf(word, StringComparison.Ordinal))];
}
