using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Tests.Loss;

/// <summary>Keeping paths of a machine on the host engine.</summary>
public sealed class KeptPathsTests : HostMachine
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string KeptFolder => Machine.Folders.KeptOf(Machine.Record.Id);

    [Fact]
    public async Task Keep_FolderAndFile_AreWholeAfterAStop()
    {
        await Machine.SaysAsync("mkdir -p /opt/model/deep; echo w > /opt/model/deep/w; chmod 640 /opt/model/deep/w; chown 7:8 /opt/model/deep/w; ln -s deep/w /opt/model/link; ln /opt/model/deep/w /opt/model/hard; touch -d 2001-02-03 /opt/model/deep; echo f > /srv/file");
        const string Facts = "cd /opt/model; stat -c '%a %u %g %h %s %F' deep/w link; stat -c '%Y' deep; readlink link; cat deep/w /srv/file";
        var before = await Machine.SaysAsync(Facts);

        var kept = await KeepAsync("/opt/model", "/srv/file");

        Assert.Equal(["/opt/model", "/srv/file"], kept.Select(path => path.Path));
        Assert.Equal(before, await Machine.SaysAsync(Facts));
        Assert.True((await Machine.LookAsync()).IsEmpty);
        await Machine.StopAsync();
        await Machine.StartAgainAsync();
        Assert.Equal("gone", await Machine.SaysAsync("test -e /opt/model || echo gone"));
        await RestoreAsync();
        Assert.Equal(before, await Machine.SaysAsync(Facts));
        Assert.True((await Machine.LookAsync()).IsEmpty);
    }

    [Fact]
    public async Task Keep_FolderOfTheImage_IsReplacedAndLinkedAtTheNextStart()
    {
        // No package has it, and the layer below does.
        await Machine.SaysAsync("test -d /usr/share/zz || true; mkdir -p /usr/local/etc; echo mine > /usr/local/etc/mine");

        await KeepAsync("/usr/local/etc");

        Assert.Equal("mine", await Machine.SaysAsync("cat /usr/local/etc/mine; test -L /usr/local/etc"));
        await Machine.StopAsync();
        await Machine.StartAgainAsync();
        await RestoreAsync();
        Assert.Equal("mine", await Machine.SaysAsync("cat /usr/local/etc/mine; test -L /usr/local/etc"));
    }

    [Fact]
    public async Task Keep_WhatCannotBeKept_SaysWhyAndMovesNothing()
    {
        (string Path, string Code, string Words)[] cases =
        [
            ("/opt/none", "not-found", "There is no /opt/none"), ("/storage/x", "bad-request", "stays anyway"), ("/home/ada/x", "bad-request", "stays anyway"),
            ("/proc/uptime", "bad-request", "no part of what a stop destroys"), ("/dev/null", "bad-request", "neither"), ("/usr", "bad-request", "system"), ("/var/lib", "bad-request", "system"),
            ("/bin/ls", "bad-request", "/usr/bin/ls"), ("/usr/bin/ls", "bad-request", "coreutils"), ("/usr/share/perl5", "bad-request", "recipe record"),
            ("opt/x", "bad-request", "whole path"), ("/opt/../opt/x", "bad-request", "whole path"), ("/opt/x/in", "bad-request", "another path"),
        ];
        await Machine.SaysAsync("echo x | tee /storage/x /home/ada/x > /opt/x");
        foreach (var (path, code, words) in cases)
        {
            var result = await Machine.Kept.KeepAsync(Machine.Record, ["/opt/x", path], Cancellation);

            Assert.Equal(code, result.Fault?.Code);
            Assert.Contains(words, result.Fault!.Message, StringComparison.Ordinal);
        }
        Assert.Empty(Machine.Kept.Of(Machine.Record.Id));
        Assert.Equal("x", await Machine.SaysAsync("test ! -L /opt/x; cat /opt/x"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(KeptFolder));
    }

    [Fact]
    public async Task Keep_FileThatIsBeingWritten_NamesTheProcess()
    {
        await Machine.SaysAsync("mkdir /opt/run; (exec 3>/opt/run/log; exec sleep 1000) > /dev/null 2>&1 &");
        await UntilAsync("grep -l . /proc/*/comm | head -1; ls -l /proc/*/fd 2>/dev/null | grep /opt/run/log");

        var result = await Machine.Kept.KeepAsync(Machine.Record, ["/opt/run"], Cancellation);

        Assert.Equal("conflict", result.Fault?.Code);
        Assert.Contains("(sleep) has a file of it open for writing", result.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keep_Twice_IsKeptOnce()
    {
        await Machine.SaysAsync("echo x > /opt/x");
        var once = await KeepAsync("/opt/x");

        Assert.Equal(once, await KeepAsync("/opt/x"));
        Assert.Single(Directory.EnumerateFileSystemEntries(KeptFolder));
    }

    [Fact]
    public async Task GiveBack_KeptPath_IsLostAtTheNextStopAgain()
    {
        await Machine.SaysAsync("mkdir /opt/m; echo x > /opt/m/x");
        await KeepAsync("/opt/m");

        var result = await Machine.Kept.GiveBackAsync(Machine.Record, ["/opt/m"], Cancellation);

        Assert.True(result.Ok, result.Fault?.Message);
        Assert.Equal("x", await Machine.SaysAsync("test ! -L /opt/m; cat /opt/m/x"));
        Assert.Equal("/opt/m", Assert.Single((await Machine.LookAsync()).Files).Path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(KeptFolder));
        Assert.Empty(Machine.Kept.Of(Machine.Record.Id));
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("back")]
    public async Task GiveBack_KilledOrWithoutItsLink_LosesNothing(string step)
    {
        await Machine.SaysAsync("mkdir /opt/m; echo x > /opt/m/x");
        await KeepAsync("/opt/m");
        var place = Assert.Single(Machine.Kept.Of(Machine.Record.Id)).Place;
        await Machine.SaysAsync($"echo '{step} {(step == "copy" ? place : "/opt/m")}' > /run/machine/die-at");
        Assert.False((await Machine.Kept.GiveBackAsync(Machine.Record, ["/opt/m"], Cancellation)).Ok);
        Assert.Equal("x", await Machine.SaysAsync("rm /run/machine/die-at; cat /opt/m/x; rm /opt/m"));

        var result = await Machine.Kept.GiveBackAsync(Machine.Record, ["/opt/m"], Cancellation);

        Assert.True(result.Ok, result.Fault?.Message);
        Assert.Equal("x", await Machine.SaysAsync("cat /opt/m/x"));
    }

    [Fact]
    public async Task Keep_KilledAtAnyStep_LosesNothingAndCanBeDoneAgain()
    {
        foreach (var step in (string[])["copy /opt/m", "name /opt/m", "link /opt/m", "clear /opt/m", "link /srv/f", "copy /srv/f"])
        {
            await Machine.SaysAsync("rm -rf /opt/m /srv/f; mkdir -p /opt/m/d; echo m > /opt/m/d/m; echo f > /srv/f");
            await Machine.SaysAsync($"echo '{step}' > /run/machine/die-at");
            await Machine.Kept.KeepAsync(Machine.Record, ["/opt/m", "/srv/f"], Cancellation);
            await Machine.SaysAsync("rm /run/machine/die-at");

            Assert.Equal("m\nf", await Machine.SaysAsync("cat /opt/m/d/m /srv/f"));
            await KeepAsync("/opt/m", "/srv/f");
            Assert.Equal("m\nf", await Machine.SaysAsync("test -L /opt/m && test -L /srv/f && cat /opt/m/d/m /srv/f"));
            foreach (var path in Machine.Kept.Of(Machine.Record.Id)) Assert.True((await Machine.Kept.GiveBackAsync(Machine.Record, [path.Path], Cancellation)).Ok);
        }
    }

    [Fact]
    public async Task Keep_MachineThatDoesNotRun_SaysSo()
    {
        await Machine.StopAsync();

        Assert.Equal("conflict", (await Machine.Kept.KeepAsync(Machine.Record, ["/opt/x"], Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Restore_ImageHasSomethingThere_GivesWayOnlyToTheSameKind()
    {
        await Machine.SaysAsync("mkdir /opt/m /opt/n; echo m > /opt/m/m; echo n > /opt/n/n");
        await KeepAsync("/opt/m", "/opt/n");
        await Machine.StopAsync();
        await Machine.StartAgainAsync();
        await Machine.SaysAsync("mkdir /opt/m; echo image > /opt/m/image; echo file > /opt/n");

        var notes = await RestoreAsync();

        Assert.Equal("m", await Machine.SaysAsync("cat /opt/m/m"));
        Assert.Equal("file", await Machine.SaysAsync("cat /opt/n"));
        Assert.Contains("/opt/n was not linked", notes, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<KeptPath>> KeepAsync(params string[] paths)
    {
        var result = await Machine.Kept.KeepAsync(Machine.Record, paths, Cancellation);
        Assert.True(result.Ok, result.Fault?.Message);
        return result.Value;
    }

    private async Task<string> RestoreAsync() =>
        await Machine.SaysAsync($"/opt/holdfast/holdfast inside restore {string.Join(' ', Machine.Kept.Of(Machine.Record.Id).Select(path => $"{path.Path} {path.Place}"))}");

    private async Task UntilAsync(string script)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await Machine.RunAsync(script)).Code != 0) await Task.Delay(10, limit.Token);
    }
}
