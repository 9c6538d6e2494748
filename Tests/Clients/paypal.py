"""PayPal as a shop's browser and server see it: orders, and the page on which the payer agrees."""

import json
import threading

from conftest import Host


class PayPal:
    def __init__(self):
        self.orders = {}
        self.lock = threading.Lock()
        self.host = Host(self.answer)

    @property
    def settings(self):
        return {
            "SOUK_PAYPAL_API": self.host.url,
            "SOUK_PAYPAL_CLIENT_ID": "client",
            "SOUK_PAYPAL_CLIENT_SECRET": "secret",
            "SOUK_PAYPAL_WEBHOOK_ID": "webhook",
        }

    def answer(self, request):
        path, _, query = request.path.partition("?")
        parts = path.strip("/").split("/")
        with self.lock:
            if path == "/v1/oauth2/token":
                return request.reply(200, {"access_token": "token", "expires_in": 32400})
            if path == "/checkoutnow":
                return self.page(request, query.removeprefix("token="))
            if path == "/v2/checkout/orders":
                return request.reply(201, self.create(json.loads(request.body)))
            if path.startswith("/v2/checkout/orders/"):
                order = self.orders[parts[3]]
                if parts[-1] == "capture":
                    order["status"] = "COMPLETED"
                    unit = order["purchase_units"][0]
                    unit["payments"] = {"captures": [{"id": f"C{parts[3]}", "status": "COMPLETED", **unit}]}
                return request.reply(200, order)
            if path.endswith("/refund"):
                return request.reply(201, {"id": "R1", "status": "COMPLETED"})
            return request.reply(404, {"name": "RESOURCE_NOT_FOUND"})

    def create(self, body):
        number = f"O{len(self.orders) + 1}"
        self.orders[number] = {
            "id": number,
            "status": "PAYER_ACTION_REQUIRED",
            "purchase_units": body["purchase_units"],
            "return_url": body["payment_source"]["paypal"]["experience_context"]["return_url"],
            "links": [{"rel": "payer-action", "href": f"{self.host.url}/checkoutnow?token={number}"}],
        }
        return self.orders[number]

    def page(self, request, number):
        """Opening the page is agreeing; the link goes back to the shop."""
        self.orders[number]["status"] = "APPROVED"
        body = f'<!doctype html><title>Pay</title><link rel="icon" href="data:,"><a href="{self.orders[number]["return_url"]}">Back to the shop</a>'.encode()
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
