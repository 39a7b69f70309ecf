namespace Holdfast.Hub.Tests.People;

/// <summary>What a browser does.</summary>
internal static class Browsing
{
    /// <summary>Opens a page.</summary>
    public static Task<HttpResponseMessage> OpenAsync(this HttpClient client, string address, CancellationToken? cancellationToken = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Accept", "text/html,*/*");
        return client.SendAsync(request, cancellationToken ?? TestContext.Current.CancellationToken);
    }

    /// <summary>Opens a page, and the one it leads to, and so on.</summary>
    public static async Task<HttpResponseMessage> FollowAsync(this HttpClient client, string address)
    {
        var at = new Uri(client.BaseAddress!, address);
        for (var hop = 0; hop < 10; hop++)
        {
            var answer = await client.OpenAsync(at.ToString());
            if (answer.Headers.Location is not { } next) return answer;
            at = new Uri(at, next);
        }
        throw new InvalidOperationException("The redirects do not end.");
    }

    /// <summary>Sends a form from a page of the same origin.</summary>
    public static Task<HttpResponseMessage> SubmitAsync(this HttpClient client, string address, params (string Name, string Value)[] fields) =>
        client.SubmitFromAsync(client.BaseAddress!.GetLeftPart(UriPartial.Authority), address, fields);

    /// <summary>Sends a form from a page of any origin; null for a program that says none.</summary>
    public static Task<HttpResponseMessage> SubmitFromAsync(this HttpClient client, string? origin, string address, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<string> TextAsync(this HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
