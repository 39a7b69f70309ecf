using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed partial class PasswordTests
{
    [Fact]
    public async Task Password_FromStdin_LogsInAndIsPrivate()
    {
        await using var place = new Place();
        var file = Path.Combine(place.State, "password");

        var set = await place.RunWithInputAsync(Encoding.UTF8.GetBytes("früh am Meer\n"), "lab", "password");
        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", "--no-browser", "--port", "0", place.Notebooks));

        Assert.Equal((0, ""), (set.ExitCode, set.Errors));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain("Meer", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("", lab.Link.Query);
        Assert.Equal(HttpStatusCode.Forbidden, await LoginAsync(lab, "wrong"));
        Assert.Equal(HttpStatusCode.OK, await LoginAsync(lab, "früh am Meer"));
    }

    [Fact]
    public async Task Password_Removed_LeavesTheToken()
    {
        await using var place = new Place();
        await place.RunWithInputAsync("secret\n"u8.ToArray(), "lab", "password");

        var removed = await place.RunAsync("lab", "password", "--remove");
        var again = await place.RunAsync("lab", "password", "--remove");
        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", "--no-browser", "--port", "0", place.Notebooks));

        Assert.Equal(new Ran(0, "The password is removed. Labs that start now log in by token.\n", ""), removed);
        Assert.Equal(new Ran(1, "", "holdfast: no password is set.\n"), again);
        Assert.Matches(@"^\?token=[0-9a-f]{48}$", lab.Link.Query);
    }

    [Fact]
    public async Task Password_EmptyOrTooLong_ChangesNothing()
    {
        await using var place = new Place();

        var empty = await place.RunAsync("lab", "password");
        var tooLong = await place.RunWithInputAsync(Encoding.UTF8.GetBytes(new string('x', 1025)), "lab", "password");

        Assert.Equal(new Ran(1, "", "holdfast: an empty password would let everybody in; nothing was changed.\n"), empty);
        Assert.Equal(new Ran(1, "", "holdfast: the password is longer than 1024 characters; nothing was changed.\n"), tooLong);
        Assert.False(File.Exists(Path.Combine(place.State, "password")));
    }

    /// <summary>Logs in as the page does; gives what the API answers then.</summary>
    private static async Task<HttpStatusCode> LoginAsync(RunningLab lab, string password)
    {
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = lab.Link };
        var page = await client.GetStringAsync("/login", TestContext.Current.CancellationToken);
        var fields = new Dictionary<string, string> { ["password"] = password };
        if (XsrfPattern().Match(page) is { Success: true } xsrf) fields["_xsrf"] = xsrf.Groups[1].Value;
        using var form = new FormUrlEncodedContent(fields);
        using var login = await client.PostAsync("/login", form, TestContext.Current.CancellationToken);
        using var answer = await client.GetAsync("/api/kernels", TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    [GeneratedRegex("name=\"_xsrf\" value=\"([^\"]*)\"")]
    private static partial Regex XsrfPattern();
}
