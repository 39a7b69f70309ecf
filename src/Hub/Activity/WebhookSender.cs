using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Holdfast.Hub.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Activity;

/// <summary>Posts what waits in the database, each three times at most. Addresses of this host and its network are anybody's to name: it is self-hosted; but nobody is led on to another one.</summary>
internal sealed class WebhookSender(HubDatabase database, Webhooks webhooks, TimeProvider time, ILogger<WebhookSender> log) : BackgroundService
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10), Idle = TimeSpan.FromMinutes(1);

    /// <summary>Before the second and the third time.</summary>
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2)];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { Timeout = Limit, MaxResponseContentBufferSize = 64 << 10 };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("holdfast", "0"));
        try
        {
            while (true) await SendAsync(client, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The next hub tells it.
        }
    }

    private async Task SendAsync(HttpClient client, CancellationToken stopping)
    {
        try
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            // One an address at a time: one that is slow holds up no other for longer than it is waited for.
            var due = database.Query("SELECT id, url, body, attempts FROM notices WHERE due <= $now GROUP BY url HAVING id = min(id) ORDER BY id LIMIT $most",
                row => (Id: row.GetInt64(0), Url: row.GetString(1), Body: row.GetString(2), Attempts: row.GetInt32(3)), ("$now", now), ("$most", AtOnce));
            if (due.Count > 0) await Task.WhenAll(due.Select(notice => TellAsync(client, notice.Id, notice.Url, notice.Body, notice.Attempts + 1, stopping)));
            else await webhooks.Waiting.WaitAsync(Pause(now), stopping);
        }
        catch (Microsoft.Data.Sqlite.SqliteException fault)
        {
            // A full disk must not end the hub.
            ActivityLog.NotTold(log, "Whoever is to be told", fault.Message);
            await Task.Delay(Idle, time, stopping);
        }
    }

    private TimeSpan Pause(long now)
    {
        var next = database.Value("SELECT min(due) FROM notices") is long due ? TimeSpan.FromMilliseconds(Math.Max(0, due - now)) : Idle;
        return next < Idle ? next : Idle;
    }

    private async Task TellAsync(HttpClient client, long id, string url, string body, int attempt, CancellationToken cancellationToken)
    {
        var problem = await PostAsync(client, new Uri(url), body, cancellationToken);
        if (problem is not null) ActivityLog.NotTold(log, new Uri(url).Host, problem);
        if (problem is null || attempt > Waits.Length) database.Execute("DELETE FROM notices WHERE id = $id", ("$id", id));
        else database.Execute("UPDATE notices SET attempts = $attempts, due = $due WHERE id = $id", ("$id", id), ("$attempts", attempt), ("$due", (time.GetUtcNow() + Waits[attempt - 1]).ToUnixTimeMilliseconds()));
    }

    private static async Task<string?> PostAsync(HttpClient client, Uri url, string body, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(url, content, cancellationToken);
            return answer.IsSuccessStatusCode ? null : ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception fault) when (fault is HttpRequestException or InvalidOperationException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return fault.Message;
        }
    }
}
