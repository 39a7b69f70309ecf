using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Load.Bench;

/// <summary>The kernels of one server and the pages on them: <see cref="KernelCount"/> kernels with <see cref="PagesOfKernel"/> pages each.</summary>
internal sealed class Crowd : IDisposable
{
    public const int KernelCount = 50;
    public const int PagesOfKernel = 10;

    private readonly LoadPage[][] _pages;

    private Crowd(string[] kernels, LoadPage[][] pages) => (Kernels, _pages) = (kernels, pages);

    /// <summary>The kernels' ids.</summary>
    public IReadOnlyList<string> Kernels { get; }

    /// <summary>The pages of each kernel.</summary>
    public IReadOnlyList<IReadOnlyList<LoadPage>> Pages => _pages;

    public IEnumerable<LoadPage> All => _pages.SelectMany(pages => pages);

    /// <summary>Starts the kernels one after the other, connects the pages and lets every page run once.</summary>
    public static async Task<Crowd> GatherAsync(BenchServer server, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", BenchServer.Token);
        var kernels = new string[KernelCount];
        for (var i = 0; i < KernelCount; i++)
        {
            var body = $$"""{"path":"{{i}}.ipynb","type":"notebook","name":"","kernel":{"name":"echo"} }""";
            using var reply = await client.PostAsync(new Uri("api/sessions", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);
            reply.EnsureSuccessStatusCode();
            kernels[i] = (await reply.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("kernel").GetProperty("id").GetString()!;
        }

        var pages = new LoadPage[KernelCount][];
        for (var i = 0; i < KernelCount; i++)
        {
            pages[i] = new LoadPage[PagesOfKernel];
            for (var j = 0; j < PagesOfKernel; j++) pages[i][j] = await LoadPage.ConnectAsync(server, kernels[i], reads: true, cancellationToken);
        }

        var crowd = new Crowd(kernels, pages);
        // jupyter_server passes nothing on until its own questions to the kernel are answered, for every page anew.
        for (var j = 0; j < PagesOfKernel; j++)
        {
            foreach (var of in pages)
            {
                var replies = of[j].Replies;
                await of[j].SendAsync("0 0", cancellationToken);
                await of[j].WaitAsync(page => page.Replies > replies, cancellationToken);
            }
        }

        foreach (var of in pages)
            foreach (var page in of)
                await page.WaitAsync(_ => page.Idles >= of[^1].Idles && of[^1].Idles > 0, cancellationToken);
        return crowd;
    }

    /// <summary>Runs code on kernels at once, each asked by its first page, and waits until every page of these kernels has its end.</summary>
    public async Task RunAsync(string code, int kernels, CancellationToken cancellationToken)
    {
        var asked = _pages.Take(kernels).ToList();
        var wanted = asked.SelectMany(pages => pages).ToDictionary(page => page, page => page.Idles + 1);
        foreach (var page in wanted.Keys) page.Expect();
        await Task.WhenAll(asked.Select(pages => pages[0].SendAsync(code, cancellationToken)));
        foreach (var (page, idles) in wanted) await page.WaitAsync(_ => page.Idles >= idles, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var page in All) page.Dispose();
    }
}
