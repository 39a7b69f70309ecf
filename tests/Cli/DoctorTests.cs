using System.Net.Sockets;
using System.Text.Json;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task Text_OfASoundPlace_HasALineForEachSubjectAndNoColour()
    {
        await using var place = new Place();

        var ran = await place.RunAsync("doctor");

        string[] subjects = ["kernels", "page", "state", "sockets", "disk", "limits", "keeper", "host", "podman", "hub"];
        Assert.All(subjects, subject => Assert.Matches($@"(?m)^(ok  |note|BAD )  {subject} +\S", ran.Out));
        Assert.DoesNotContain('\e', ran.Out);
        Assert.Equal(ran.Out.Contains("BAD", StringComparison.Ordinal) ? 1 : 0, ran.ExitCode);
    }

    [Fact]
    public async Task Page_Missing_IsBadWithAMend()
    {
        await using var place = new Place();
        var copy = Directory.CreateDirectory(place.PathOf("copy")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Published.Path)!)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));

        var ran = await place.BashAsync("exec copy/holdfast doctor -o json");

        Assert.Equal(1, ran.ExitCode);
        Assert.False(ran.Json.GetProperty("ok").GetBoolean());
        var page = Finding(ran, "page");
        Assert.Equal("bad", page.GetProperty("grade").GetString());
        Assert.Contains("--build-only", page.GetProperty("mend").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Podman_WithoutItsSocket_IsToBeStartedWhereItIsInstalled()
    {
        await using var place = new Place();

        var podman = Finding(await place.BashAsync("CONTAINER_HOST=unix:///nowhere/podman.sock exec \"$0\" doctor -o json"), "podman").GetProperty("text").GetString()!;

        Assert.Contains("systemctl", podman, StringComparison.Ordinal);
        Assert.Equal(!File.Exists("/usr/bin/podman"), podman.Contains("apt-get install", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kernelspec_NotJson_IsANote()
    {
        await using var place = new Place();
        var spec = place.Write("jupyter-path/kernels/torn/kernel.json", "{");
        place.Set("JUPYTER_PATH", place.PathOf("jupyter-path"));

        var ran = await place.RunAsync("doctor", "-o", "json");

        Assert.Contains(Findings(ran), finding => finding.GetProperty("subject").GetString() == "kernels"
            && finding.GetProperty("grade").GetString() == "note" && finding.GetProperty("text").GetString()!.Contains(spec, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SocketPath_TooLong_IsBadAndNoVerbCrashes()
    {
        await using var place = new Place();
        var long1 = place.PathOf(new string('r', 100));
        Directory.CreateDirectory(long1, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        place.Set("XDG_RUNTIME_DIR", long1);

        var doctor = await place.RunAsync("doctor", "-o", "json");
        var others = new List<Ran>();
        foreach (var verb in (string[][])[["ls"], ["keeper", "ls"], ["keeper", "stop"], ["keeper", "run"], ["lab", "--no-browser"]]) others.Add(await place.RunAsync(verb));

        Assert.Equal("bad", Finding(doctor, "sockets").GetProperty("grade").GetString());
        Assert.All(others, ran =>
        {
            Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
            Assert.Matches(@"^holdfast: the sockets in .* Set XDG_RUNTIME_DIR to a shorter folder\.\n$", ran.Errors);
        });
    }

    [Fact]
    public async Task OpenFiles_Few_AreANote()
    {
        await using var place = new Place();

        var ran = await place.BashAsync("ulimit -n 512; exec \"$0\" doctor -o json");

        Assert.Equal("note", Finding(ran, "limits").GetProperty("grade").GetString());
        Assert.Contains("512", Finding(ran, "limits").GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeper_ThatSpeaksOtherwise_IsNotTakenForNone()
    {
        await using var place = new Place();
        Directory.CreateDirectory(place.Home.RuntimeFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(place.Home.SocketPath));
        listener.Listen();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var answering = AnswerAsync(listener, ending.Token);

        var doctor = await place.RunAsync("doctor", "-o", "json");
        var list = await place.RunAsync("ls");
        await ending.CancelAsync();
        await answering;
        File.Delete(place.Home.SocketPath);

        Assert.Equal("bad", Finding(doctor, "keeper").GetProperty("grade").GetString());
        Assert.Equal(1, list.ExitCode);
        Assert.Contains("not in the protocol of this version", list.Errors, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(Socket listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync(cancellationToken);
                client.Shutdown(SocketShutdown.Both);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }

    private static JsonElement.ArrayEnumerator Findings(Ran ran) => ran.Json.GetProperty("findings").EnumerateArray();

    private static JsonElement Finding(Ran ran, string subject) => Findings(ran).Single(finding => finding.GetProperty("subject").GetString() == subject);
}
